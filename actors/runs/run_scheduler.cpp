#include "actors/runs/run_scheduler.hpp"

#include "actors/messaging/send.hpp"
#include "actors/store/watch_messages.hpp"
#include "model/base/error.hpp"
#include "model/base/fault_point.hpp"

#include <caf/actor_system.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace sluice {

namespace {

using std::chrono::milliseconds;

/// How often a lane that had nothing is looked at, because something may have become due.
constexpr milliseconds look_pause{200};
/// A worker that works until it is idle waits for what becomes due within this time: retries, mostly.
constexpr std::chrono::minutes idle_horizon{1};
/// Commands that are kept while runs are being claimed.
constexpr std::size_t command_limit = 4'096;

} // namespace

run_scheduler::run_scheduler(caf::actor_config& config, run_surroundings_pointer around, caf::actor leases)
    : flow_actor(config), around_(std::move(around)), leases_(std::move(leases)) {}

caf::behavior run_scheduler::make_behavior() {
  return {
      [this](start_worker_order& order) { start_worker(order); },
      [this](const stop_worker_order& order) { stop_worker(order.grace); },
      [this](tick_order& order) { tick(order); },
      [this](claims_answered& answer) { on_claimed(answer); },
      [this](const lane_looked& answer) { on_looked(answer); },
      [this](const run_left& left) { on_left(left); },
      [this](const store_moved&) { on_moved(); },
      [this](const end_actor&) { quit(); },
      [this](const commands_arrived& arrived) { on_commands(arrived); },
      [this](const lanes_set& news) { on_lanes(news); },
      [this](const watch_failed& answer) { on_deaf(answer.failure); },
      [this](const look_round& round) {
        if (!worker_ || round.generation != generation_)
          return;
        worker_->paused = false;
        on_moved();
        delayed_send(this, look_pause, look_round{generation_});
      },
  };
}

void run_scheduler::on_exit() {
  leases_ = nullptr;
  for (auto& order : waiting_ticks_)
    order.done({tick_outcome::error, {}, {}, "store_closed", "the runtime ends"});
  waiting_ticks_.clear();
  for (auto& [run, held] : hands_)
    if (held.tick)
      held.tick({tick_outcome::error, {}, {}, "store_closed", "the runtime ends"});
  hands_.clear();
  worker_.reset();
}

void run_scheduler::start_worker(start_worker_order& order) {
  if (worker_) {
    worker_report busy;
    busy.last = tick_outcome::error;
    busy.error_code = "worker_busy";
    busy.error_text = "there is a worker already: wait for it, or stop it";
    return order.done(std::move(busy));
  }
  ++generation_;
  worker_.emplace(worker{std::move(order.settings), std::move(order.done), {}, tick_budget{{}}, {}});
  worker_->budget = tick_budget(worker_->settings.caps);
  for (const auto& queue : worker_->settings.lanes) {
    lane each;
    each.queue = queue;
    worker_->lanes.push_back(std::move(each));
  }
  delayed_send(this, look_pause, look_round{generation_});
  fill();
  end_if_idle();
}

void run_scheduler::stop_worker(milliseconds grace) {
  // Single ticks, too: a step may take as long as it likes.
  for (const auto& [run, held] : hands_)
    if (held.actor)
      send_urgent(held.actor, hand_back_run{grace});
  if (!worker_)
    return;
  worker_->stopping = true;
  fault_point("worker.stopping");
  end_if_idle();
}

void run_scheduler::tick(tick_order& order) {
  if (!listening_) {
    waiting_ticks_.push_back(std::move(order));
    return;
  }
  claim_order wanted;
  wanted.from = std::move(order.from);
  wanted.parallel_steps = 1;
  wanted.ticks_of_run = 1;
  send_claim(std::move(wanted), 0, std::move(order.done));
}

void run_scheduler::take_in_hand(claimed_conductor run, std::chrono::nanoseconds sent,
                                 const std::function<void(tick_report)>& tick) {
  const auto id = run.conductor.row().id;
  lane_queue queue{run.conductor.row().env, run.conductor.row().lane};
  auto& held = hands_[{id, run.token}];
  if (run.left) {
    held = {nullptr, std::move(queue), tick, run.counted};
    if (!tick)
      ++worker_->in_hand;
    return on_left({id, run.token, run.conductor.row().status, run.conductor.begun(), false});
  }
  run_in_hand hand_over{
      std::move(run.conductor), std::move(run.first), run.token, sent, around_, caf::actor{this}, leases_};
  const bool stopping = !tick && worker_->stopping;
  held = {home_system().spawn<run_actor>(std::move(hand_over)), std::move(queue), tick, run.counted};
  fault_point("run.handed_over");
  if (!tick)
    ++worker_->in_hand;
  if (stopping)
    send_urgent(held.actor, hand_back_run{milliseconds{0}});
}

void run_scheduler::on_left(const run_left& left) {
  const auto found = hands_.find({left.run, left.token});
  if (found == hands_.end())
    return;
  auto held = std::move(found->second);
  hands_.erase(found);
  meter_end(left);
  fault_point("run.left");
  if (held.tick)
    return held.tick({tick_outcome::ticked, left.run, left.status, {}, {}});
  if (!worker_)
    return;
  --worker_->in_hand;
  worker_->report.ticks += left.ticks;
  for (auto ticks = held.counted; ticks < left.ticks; ++ticks)
    worker_->budget.count(left.run);
  count_end(left.status, left.lost);
  // A lease of ours that was lost is freed when it has expired, and the run is anybody's then.
  if (left.lost)
    worker_->losses_until = around_->clock.utc() + 2 * around_->lease_ttl;
  if (is_terminal(left.status) && !left.lost)
    worker_->budget.forget(left.run);
  // It may go on where it left: the next tick of a capped run, for one.
  else
    for (auto& one : worker_->lanes)
      one.promising = true;
  // Those that were held up by a lease may have been held up by this one.
  for (auto& one : worker_->lanes)
    one.settled = one.settled && one.last != tick_outcome::idle_lease_held;
  fill();
  end_if_idle();
}

void run_scheduler::meter_end(const run_left& left) {
  auto& meters = *around_->meters;
  if (left.lost)
    return;
  run_meters::add(left.status == run_status::succeeded   ? meters.runs_succeeded
                  : left.status == run_status::failed    ? meters.runs_failed
                  : left.status == run_status::cancelled ? meters.runs_cancelled
                                                         : meters.runs_handed_back);
}

void run_scheduler::count_end(run_status status, bool lost) {
  auto& report = worker_->report;
  if (lost)
    ++report.handed_back;
  else if (status == run_status::succeeded)
    ++report.succeeded;
  else if (status == run_status::failed)
    ++report.failed;
  else if (status == run_status::cancelled)
    ++report.cancelled;
  else
    ++report.handed_back;
}

void run_scheduler::on_commands(const commands_arrived& arrived) {
  for (const auto& command : arrived.commands)
    tell(command);
  if (std::exchange(listening_, true))
    return;
  for (auto& order : std::exchange(waiting_ticks_, {}))
    tick(order);
  fill();
  end_if_idle();
}

void run_scheduler::tell(const command_row& command) {
  if (command.state != command_state::undelivered)
    return;
  // The newest hand on the run, if there is one.
  auto found = hands_.lower_bound({command.run, std::numeric_limits<std::uint64_t>::max()});
  if (found != hands_.begin() && (--found)->first.first == command.run)
    send_urgent(found->second.actor, run_told{command});
  else if (claims_under_way_ > 0 && commands_meanwhile_.size() < command_limit)
    commands_meanwhile_.push_back(command);
}

/// One that is claimed at this moment is not asked: it finds out at its next boundary.
void run_scheduler::on_lanes(const lanes_set& news) {
  for (const auto& [run, held] : hands_)
    for (const auto& each : news.lanes)
      if (!each.settings.enabled && each.lane == held.lane)
        send_urgent(held.actor, lane_closed{});
}

/// A worker that works until it is idle ends when nothing is in hand, nothing can be claimed, and nothing
/// will be soon; one that is to stop, when nothing is in hand.
void run_scheduler::end_if_idle() {
  if (!worker_ || worker_->in_hand > 0 || worker_->wanted > 0)
    return;
  if (worker_->stopping)
    return end_worker();
  if (!worker_->settings.until_idle || worker_->paused || !listening_)
    return;
  const auto now = around_->clock.utc();
  if (now < worker_->losses_until)
    return;
  bool idle = true;
  for (std::size_t index = 0; index < worker_->lanes.size(); ++index) {
    const auto& one = worker_->lanes[index];
    if (!one.promising && !one.claiming && !one.looking && !one.settled)
      look(index);
    const bool soon = one.next_due && *one.next_due - now <= idle_horizon;
    idle = idle && one.settled && !one.promising && !one.claiming && !one.looking && !soon;
  }
  if (idle)
    end_worker();
}

void run_scheduler::end_worker() {
  fault_point("worker.ending");
  auto report = std::move(worker_->report);
  for (const auto& one : worker_->lanes)
    if (report.last == tick_outcome::idle_no_runs)
      report.last = one.last == tick_outcome::ticked ? tick_outcome::idle_no_runs : one.last;
  const auto tell_end = std::move(worker_->done);
  worker_.reset();
  ++generation_;
  tell_end(std::move(report));
}

} // namespace sluice
