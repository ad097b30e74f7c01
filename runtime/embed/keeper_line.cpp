#include "runtime/embed/keeper_line.hpp"

#include "actors/messaging/send.hpp"
#include "actors/rules/rule_messages.hpp"

#include <memory>
#include <utility>

namespace sluice {

keeper_line::keeper_line(caf::actor keeper) : keeper_(std::move(keeper)) {
  ending_.add(keeper_);
}

void keeper_line::send(keeper_ticket::work what) {
  // Outside the lock: a keeper that takes nothing any more makes the ticket run where it is released.
  const auto ticket = std::make_shared<keeper_ticket>(std::move(what));
  const std::lock_guard lock(mutex_);
  send_urgent(keeper_, keeper_task{ticket});
}

void keeper_line::stop() {
  const std::lock_guard lock(mutex_);
  send_urgent(keeper_, stop_keeper{});
  keeper_ = nullptr;
}

bool keeper_line::is_stopped() const {
  const std::lock_guard lock(mutex_);
  return !keeper_;
}

} // namespace sluice
