#include "runtime/embed/flow_state.hpp"

#include "actors/messaging/send.hpp"

#include <algorithm>

namespace sluice {

flow::state::state(std::shared_ptr<const flow_plan> plan, log_sink log_to, ending_call ended)
    : board(std::make_shared<flow_board>(std::move(plan))),
      log(std::move(log_to)),
      ended_(std::move(ended)) {}

flow_summary flow::state::summary_of(flow_ending ending) const {
  flow_summary result;
  result.final = board->snapshot();
  result.outcome = ending.outcome;
  result.final.status = ending.outcome;
  result.reason = std::move(ending.reason);
  result.stuck = std::move(ending.stuck);
  // What a stuck consumer never took is lost, whether or not its edge could still say so.
  for (auto& edge : result.final.edges)
    edge.counters.discarded += std::exchange(edge.counters.depth, 0);
  for (auto& node : result.final.nodes)
    if (std::find(result.stuck.begin(), result.stuck.end(), node.id) != result.stuck.end())
      node.counters.discarded +=
          std::exchange(node.counters.held, 0) + std::exchange(node.counters.outbox, 0);
  for (const auto& edge : result.final.edges)
    result.discarded += edge.counters.discarded;
  for (const auto& node : result.final.nodes)
    result.discarded += node.counters.discarded;
  result.deadline_exceeded = ending.deadline_exceeded && (result.discarded != 0 || !result.stuck.empty());
  const auto took = std::chrono::steady_clock::now() - started;
  result.duration_ns = static_cast<std::uint64_t>(std::chrono::nanoseconds(took).count());
  return result;
}

void flow::state::finish(flow_ending ending) {
  auto result = summary_of(std::move(ending));
  std::vector<ending_call> calls;
  {
    const std::lock_guard lock(mutex);
    summary = std::move(result);
    supervisor = nullptr;
    calls.swap(ending_calls_);
  }
  changed.notify_all();
  end.set_value(*summary);
  give_all_notices();
  {
    const std::lock_guard lock(mutex);
    calls.push_back(std::exchange(ended_, {}));
  }
  for (const auto& each : calls)
    if (!is_silent())
      call(each);
  // What they captured goes before the runtime may: it may point to what goes after the runtime.
  calls.clear();
  {
    const std::lock_guard lock(mutex);
    told_ = true;
  }
  changed.notify_all();
}

void flow::state::when_ended(ending_call then) {
  {
    const std::lock_guard lock(mutex);
    if (!summary) {
      ending_calls_.push_back(std::move(then));
      return;
    }
  }
  call(then);
}

void flow::state::call(const ending_call& then) const {
  if (then)
    call_host(log, board->plan().name(), [&] { then(*summary); });
}

bool flow::state::wait_until_told(std::chrono::steady_clock::time_point deadline) {
  // What was to be called goes without the lock.
  ending_call ended;
  std::vector<ending_call> calls;
  std::map<std::uint64_t, order_notice> notices;
  std::unique_lock lock(mutex);
  if (changed.wait_until(lock, deadline, [&] { return told_ && calling_ == 0; }))
    return true;
  silent_ = true;
  ended.swap(ended_);
  calls.swap(ending_calls_);
  notices.swap(notices_);
  return false;
}

bool flow::state::is_silent() {
  const std::lock_guard lock(mutex);
  return silent_;
}

void flow::state::command(flow_order order, std::int64_t drain_ns, std::string reason, order_notice then) {
  auto [to, notice] = address_of(then);
  if (to)
    send_urgent(to, flow_command{order, drain_ns, std::move(reason), std::move(notice)});
  else if (then)
    call_host(log, board->plan().name(), then);
}

flow::state::address flow::state::address_of(order_notice& then) {
  const std::lock_guard lock(mutex);
  if (!supervisor || !then)
    return {supervisor, {}};
  const auto number = ++last_notice_;
  notices_.emplace(number, std::move(then));
  auto give = [self = shared_from_this(), number](const void*) { self->give_notice(number); };
  return {supervisor, {nullptr, std::move(give)}};
}

void flow::state::give_notice(std::uint64_t number) {
  std::unique_lock lock(mutex);
  auto taken = notices_.extract(number);
  if (taken.empty())
    return;
  ++calling_;
  lock.unlock();
  call_host(log, board->plan().name(), taken.mapped());
  // With what it captured.
  taken = {};
  lock.lock();
  --calling_;
  changed.notify_all();
}

void flow::state::give_all_notices() {
  for (;;) {
    std::unique_lock lock(mutex);
    if (notices_.empty())
      return;
    const auto next = notices_.begin()->first;
    lock.unlock();
    give_notice(next);
  }
}

caf::actor flow::state::target() {
  const std::lock_guard lock(mutex);
  return supervisor;
}

} // namespace sluice
