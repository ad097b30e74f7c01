#include "actors/rules/rule_listeners.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace sluice {

void rule_listener_gate::call(const rule_change& change) {
  const std::lock_guard lock(mutex_);
  if (!open_)
    return;
  calling_ = true;
  try {
    listener_(change);
  } catch (...) {
    end_call();
    throw;
  }
  end_call();
}

void rule_listener_gate::shut() {
  const std::lock_guard lock(mutex_);
  open_ = false;
  // A listener that shuts its own gate must not be destroyed under its feet.
  if (!calling_)
    listener_ = nullptr;
}

bool rule_listener_gate::is_shut() const {
  const std::lock_guard lock(mutex_);
  return !open_;
}

void rule_listener_gate::end_call() noexcept {
  calling_ = false;
  if (!open_)
    listener_ = nullptr;
}

void rule_listeners::add(std::shared_ptr<rule_listener_gate> one) {
  gates_.push_back(std::move(one));
}

std::vector<std::string> rule_listeners::tell(const rule_change& change) {
  gates_.erase(std::remove_if(gates_.begin(), gates_.end(), [](const auto& each) { return each->is_shut(); }),
               gates_.end());
  std::vector<std::string> failures;
  for (const auto& each : gates_)
    try {
      each->call(change);
    } catch (const std::exception& trouble) {
      failures.emplace_back(trouble.what());
    } catch (...) {
      failures.emplace_back("something that is no standard exception");
    }
  return failures;
}

} // namespace sluice
