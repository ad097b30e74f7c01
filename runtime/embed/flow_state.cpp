#include "runtime/embed/flow_state.hpp"

#include "actors/flow/worker_mark.hpp"
#include "actors/messaging/send.hpp"

#include <algorithm>

namespace sluice {

flow::state::state(std::shared_ptr<const flow_plan> plan, log_sink log_to, ending_call ended,
                   still_call stands_still)
    : board(std::make_shared<flow_board>(std::move(plan))),
      log(std::move(log_to)),
      ended_(std::move(ended)),
      stands_still_(stands_still ? std::make_shared<const still_call>(std::move(stands_still)) : nullptr) {}

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

template <class Held, class Call>
void flow::state::call_counted(std::unique_lock<std::mutex> lock, Held held, Call&& call) {
  ++calling_;
  lock.unlock();
  call(held);
  // With what it captured.
  held = {};
  lock.lock();
  --calling_;
  changed.notify_all();
}

void flow::state::finish(flow_ending ending) {
  auto result = summary_of(std::move(ending));
  // Goes without the lock.
  std::shared_ptr<const still_call> stands_still;
  {
    const std::lock_guard lock(mutex);
    summary = std::move(result);
    supervisor = nullptr;
    stands_still.swap(stands_still_);
    if (ended_)
      ending_calls_.push_back(std::exchange(ended_, {}));
  }
  // Now: a notice that does not return would keep it past the runtime.
  stands_still.reset();
  changed.notify_all();
  end.set_value(*summary);
  // What they captured goes before the runtime may: it may point to what goes after the runtime.
  give_all_notices();
  give_all_endings();
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
      if (!silent_)
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

void flow::state::tell_still(std::uint64_t pause) {
  std::unique_lock lock(mutex);
  if (!stands_still_)
    return;
  auto held = stands_still_;
  call_counted(std::move(lock), std::move(held), [&](const std::shared_ptr<const still_call>& tell) {
    const worker_mark must_not_wait(true);
    call_host(log, board->plan().name(), [&] { (*tell)(pause); });
  });
}

bool flow::state::wait_until_told(std::chrono::steady_clock::time_point deadline) {
  if (wait_or_give_up(deadline))
    return true;
  board->set_aborting();
  handles->abort();
  return false;
}

void flow::state::wait_for_nodes(std::chrono::steady_clock::time_point deadline) {
  const auto is_over = [](const node_snapshot& each) {
    return each.status == node_status::aborted || each.status == node_status::ended;
  };
  const auto all_are_over = [&] {
    const auto seen = board->snapshot();
    return std::all_of(seen.nodes.begin(), seen.nodes.end(), is_over);
  };
  // Whom nodes tell of it is held up: looked at again and again.
  std::unique_lock lock(mutex);
  while (!all_are_over() && std::chrono::steady_clock::now() < deadline)
    changed.wait_for(lock, std::chrono::milliseconds{1});
}

bool flow::state::wait_or_give_up(std::chrono::steady_clock::time_point deadline) {
  // What was to be called goes without the lock.
  ending_call ended;
  std::shared_ptr<const still_call> stands_still;
  std::deque<ending_call> calls;
  std::map<std::uint64_t, order_notice> notices;
  std::unique_lock lock(mutex);
  if (changed.wait_until(lock, deadline, [&] { return told_ && calling_ == 0; }))
    return true;
  silent_ = true;
  ended.swap(ended_);
  stands_still.swap(stands_still_);
  calls.swap(ending_calls_);
  notices.swap(notices_);
  return false;
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
  if (silent_)
    return {};
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
  call_counted(std::move(lock), std::move(taken.mapped()), [&](const order_notice& notice) {
    const worker_mark must_not_wait(true);
    call_host(log, board->plan().name(), notice);
  });
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

void flow::state::give_all_endings() {
  for (;;) {
    std::unique_lock lock(mutex);
    if (ending_calls_.empty())
      return;
    auto next = std::move(ending_calls_.front());
    ending_calls_.pop_front();
    call_counted(std::move(lock), std::move(next), [&](const ending_call& then) { call(then); });
  }
}

caf::actor flow::state::target() {
  const std::lock_guard lock(mutex);
  return silent_ ? nullptr : supervisor;
}

} // namespace sluice
