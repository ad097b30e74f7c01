#include "actors/flow/node_handles.hpp"

#include "actors/messaging/flow_messages.hpp"
#include "actors/messaging/send.hpp"

namespace sluice {

namespace {

void hand_on(const caf::actor& node, message control) {
  send_urgent(node, control_arrived{0, std::move(control), false});
}

void abort_all(const std::vector<caf::actor>& nodes) {
  for (const auto& each : nodes)
    send_urgent(each, node_command{node_order::abort});
}

} // namespace

void node_handles::open(std::vector<caf::actor> nodes) {
  const std::lock_guard lock(mutex_);
  if (phase_ != phase::coming)
    return;
  phase_ = phase::there;
  nodes_ = std::move(nodes);
  for (auto& [node, control] : std::exchange(early_, {}))
    hand_on(nodes_[node], std::move(control));
  if (aborted_)
    abort_all(nodes_);
}

void node_handles::close() noexcept {
  // Outside the lock: the last handle of an actor destroys it.
  std::vector<caf::actor> nodes;
  std::vector<std::pair<std::size_t, message>> early;
  const std::lock_guard lock(mutex_);
  phase_ = phase::gone;
  nodes.swap(nodes_);
  early.swap(early_);
}

bool node_handles::send_control(std::size_t node, message control) {
  const std::lock_guard lock(mutex_);
  switch (phase_) {
  case phase::coming:
    early_.emplace_back(node, std::move(control));
    return true;
  case phase::there:
    hand_on(nodes_[node], std::move(control));
    return true;
  case phase::gone:
    break;
  }
  return false;
}

void node_handles::wake(std::size_t node) {
  // Under the lock, so that no actor is spoken to after `close`: its system may be gone by then.
  const std::lock_guard lock(mutex_);
  if (phase_ == phase::there)
    send_urgent(nodes_[node], woken{});
}

void node_handles::abort() {
  const std::lock_guard lock(mutex_);
  aborted_ = true;
  abort_all(nodes_);
}

} // namespace sluice
