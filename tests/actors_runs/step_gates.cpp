#include "tests/actors_runs/step_gates.hpp"

#include <nlohmann/json.hpp>

namespace sluice {

attempt_outcome step_gates::pass(step_context& context) {
  const std::string name = context.params.value().at("name");
  const bool deaf = context.params.value().value("deaf", false);
  std::unique_lock lock(mutex_);
  ++begun_[name];
  changed_.notify_all();
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{2};
  while (!open_[name] && std::chrono::steady_clock::now() < end) {
    lock.unlock();
    const bool interrupted = context.signal.wait_for(std::chrono::milliseconds{deaf ? 0 : 2});
    lock.lock();
    if (interrupted && !deaf)
      return {attempt_status::cancelled};
    changed_.wait_for(lock, std::chrono::milliseconds{2});
  }
  return {};
}

} // namespace sluice
