#include "runtime/http/connection_table.hpp"

#include <utility>

namespace sluice {

void connection_table::add(std::shared_ptr<connection> one) {
  refused_ += one->is_refused() ? 1 : 0;
  const auto* key = one.get();
  all_.emplace(key, std::move(one));
}

void connection_table::remove(const connection& one) {
  if (all_.erase(&one) > 0 && one.is_refused())
    --refused_;
}

std::vector<std::shared_ptr<connection>> connection_table::all() const {
  std::vector<std::shared_ptr<connection>> list;
  list.reserve(all_.size());
  for (const auto& [key, one] : all_)
    list.push_back(one);
  return list;
}

std::shared_ptr<connection> connection_table::easiest_to_miss(connection::time_point now,
                                                              std::chrono::milliseconds patience) const {
  const std::shared_ptr<connection>* idle = nullptr;
  const std::shared_ptr<connection>* slow = nullptr;
  const auto older = [](const auto& one, const auto* best) {
    return !best || one->since() < (*best)->since();
  };
  for (const auto& [key, one] : all_) {
    if (one->is_refused())
      continue;
    // One that is closing has had its answer: it is no worse to miss than one that waits for its next
    // request.
    if (one->phase() == connection_phase::idle || one->phase() == connection_phase::closing) {
      if (older(one, idle))
        idle = &one;
    } else if (one->phase() == connection_phase::reading && now - one->since() >= patience &&
               older(one, slow)) {
      slow = &one;
    }
  }
  const auto* found = idle ? idle : slow;
  return found ? *found : nullptr;
}

} // namespace sluice
