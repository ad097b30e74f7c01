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

/// Runs that are claimed in one transaction: its length bounds what others wait.
constexpr std::size_t claim_limit = 512;
/// How often a lane that had nothing is looked at, because something may have become due.
constexpr milliseconds look_pause{200};
/// How long nothing is claimed after the store has failed to.
constexpr milliseconds failure_pause{500};
/// Failures in a row after which a worker that only works until it is idle ends.
constexpr unsigned failure_limit = 10;
/// A worker that works until it is idle waits for what becomes due within this time: retries, mostly.
constexpr std::chrono::minutes idle_horizon{1};
/// Commands that are kept while runs are being claimed.
constexpr std::size_t command_limit = 4'096;

void describe(const std::exception_ptr& failure, std::string& code, std::string& text) {
  try {
    std::rethrow_exception(failure);
  } catch (const error& wrong) {
    code = wrong.code();
    text = wrong.what();
  } catch (const std::exception& wrong) {
    code = "internal";
    text = wrong.what();
  }
}

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
  if (!worker_)
    return;
  worker_->stopping = true;
  fault_point("worker.stopping");
  for (const auto& [run, held] : hands_)
    if (!held.tick)
      send_urgent(held.actor, hand_back_run{grace});
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

/// Claims as much as there is room for, lane by lane in turn.
void run_scheduler::fill() {
  if (!worker_ || worker_->stopping || worker_->paused || !listening_)
    return;
  const auto lanes = worker_->lanes.size();
  for (std::size_t tried = 0; tried < lanes; ++tried) {
    const auto free = room();
    if (free == 0)
      return;
    const auto index = worker_->next_lane++ % lanes;
    const auto& one = worker_->lanes[index];
    if (one.promising && !one.claiming)
      claim(index, std::min(free, claim_limit));
  }
}

/// Returns how many further runs may be claimed now.
std::size_t run_scheduler::room() const {
  const auto taken = worker_->in_hand + worker_->wanted;
  const auto limit = worker_->settings.parallel_runs;
  auto free = taken < limit ? limit - taken : 0;
  // With a cap on all ticks, each claim has to know what the one before has used.
  if (const auto cap = worker_->settings.caps.ticks) {
    const auto used = worker_->budget.ticks();
    free = worker_->wanted > 0 ? 0 : std::min<std::size_t>(free, *cap > used ? *cap - used : 1);
  }
  return free;
}

void run_scheduler::claim(std::size_t index, std::size_t count) {
  auto& one = worker_->lanes[index];
  one.claiming = true;
  one.moved = false;
  worker_->wanted += count;
  claim_order wanted;
  wanted.from = one.queue;
  wanted.count = count;
  wanted.parallel_steps = worker_->settings.parallel_steps;
  wanted.budget = worker_->budget;
  if (worker_->settings.caps.ticks)
    wanted.ticks_of_run = 1;
  wanted.patience = defaults::retry_patience;
  send_claim(std::move(wanted), index, nullptr);
}

void run_scheduler::send_claim(claim_order wanted, std::size_t index, std::function<void(tick_report)> tick) {
  ++claims_under_way_;
  fault_point("claim.sent");
  const auto count = wanted.count;
  const caf::actor self{this};
  around_->store.write<claim_batch>(
      store_priority::normal,
      [around = around_, order = std::move(wanted)](store& in, utc_time now) {
        return claim_batch_of(in, order, *around, now);
      },
      [self, index, count, generation = generation_, sent = around_->clock.boot().since_boot,
       tick = std::move(tick)](store_result<claim_batch> result) {
        send_urgent(self,
                    claims_answered{index, generation, count, sent,
                                    std::make_shared<store_result<claim_batch>>(std::move(result)), tick});
      });
}

void run_scheduler::on_claimed(claims_answered& answer) {
  const bool of_worker = !answer.tick && worker_ && answer.generation == generation_;
  if (of_worker) {
    worker_->wanted -= answer.wanted;
    worker_->lanes[answer.lane].claiming = false;
  }
  if (answer.result->failed()) {
    --claims_under_way_;
    return on_claim_failure(answer);
  }
  fault_point("claim.answered");
  auto& batch = answer.result->get();
  run_meters::add(around_->meters->claims_with(tick_outcome::ticked), batch.runs.size() + batch.settled);
  if (batch.outcome != tick_outcome::ticked)
    run_meters::add(around_->meters->claims_with(batch.outcome));
  if (of_worker)
    on_worker_claims(answer, batch);
  if (answer.tick && batch.runs.empty())
    answer.tick({batch.settled > 0 ? tick_outcome::ticked : batch.outcome, {}, {}, {}, {}});
  for (auto& run : batch.runs)
    take_in_hand(std::move(run), answer.sent, answer.tick);
  // A command that came in between is told now; told twice does no harm.
  for (const auto& command : std::exchange(commands_meanwhile_, {}))
    tell(command);
  --claims_under_way_;
  if (claims_under_way_ == 0)
    commands_meanwhile_.clear();
  fill();
  end_if_idle();
}

void run_scheduler::on_worker_claims(claims_answered& answer, claim_batch& batch) {
  auto& one = worker_->lanes[answer.lane];
  worker_->failures = 0;
  one.last = batch.outcome;
  if (batch.outcome != tick_outcome::ticked)
    one.promising = one.moved;
  one.next_due.reset();
  // What a switch or a cap holds up is no matter of time.
  one.settled = !one.promising && (batch.outcome == tick_outcome::idle_lane_disabled ||
                                   batch.outcome == tick_outcome::idle_cap_reached);
  for (const auto& run : batch.runs)
    for (auto ticks = run.counted; ticks > 0; --ticks)
      worker_->budget.count(run.conductor.row().id);
}

void run_scheduler::on_claim_failure(const claims_answered& answer) {
  std::string code;
  std::string text;
  describe(answer.result->failure(), code, text);
  run_meters::add(around_->meters->claims_with(tick_outcome::error));
  if (answer.tick)
    return answer.tick({tick_outcome::error, {}, {}, code, text});
  if (!worker_ || answer.generation != generation_)
    return;
  if (around_->log && worker_->failures == 0)
    around_->log(log_level::error, "claim_failed", fmt::format("{} [{}]; it is tried again", text, code));
  worker_->paused = true;
  worker_->lanes[answer.lane].last = tick_outcome::error;
  worker_->report.error_code = code;
  worker_->report.error_text = text;
  if (++worker_->failures >= failure_limit && worker_->settings.until_idle)
    stop_worker(milliseconds{0});
  end_if_idle();
}

void run_scheduler::take_in_hand(claimed_conductor run, std::chrono::nanoseconds sent,
                                 const std::function<void(tick_report)>& tick) {
  const auto id = run.conductor.row().id;
  auto& held = hands_[{id, run.token}];
  if (run.left) {
    held = {nullptr, tick, run.counted};
    if (!tick)
      ++worker_->in_hand;
    return on_left({id, run.token, run.conductor.row().status, run.conductor.begun(), false});
  }
  run_in_hand hand_over{
      std::move(run.conductor), std::move(run.first), run.token, sent, around_, caf::actor{this}, leases_};
  const bool stopping = !tick && worker_->stopping;
  const auto actor = home_system().spawn<run_actor>(std::move(hand_over));
  held = {actor, tick, run.counted};
  fault_point("run.handed_over");
  if (!tick)
    ++worker_->in_hand;
  if (stopping)
    send_urgent(actor, hand_back_run{milliseconds{0}});
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

void run_scheduler::on_moved() {
  if (!worker_ || worker_->stopping)
    return;
  for (std::size_t index = 0; index < worker_->lanes.size(); ++index) {
    auto& one = worker_->lanes[index];
    one.moved = true;
    if (!one.promising && !one.claiming && !one.looking)
      look(index);
  }
  fill();
}

/// Reads first: the line of writers is joined only when there is something to claim.
void run_scheduler::look(std::size_t index) {
  auto& one = worker_->lanes[index];
  one.looking = true;
  one.moved = false;
  one.settled = false;
  struct seen {
    bool promising = false;
    bool held = false;
    std::optional<utc_time> next_due;
  };
  const caf::actor self{this};
  around_->store.read<seen>(
      [queue = one.queue](store& in, utc_time now) {
        seen result;
        result.promising = in.runs().next_to_settle(queue) || in.runs().next_to_advance(queue, now, {});
        result.held = in.runs().has_owned(queue);
        result.next_due = in.runs().next_due(queue, now);
        return result;
      },
      [self, index, generation = generation_](store_result<seen> result) {
        lane_looked answer{index, generation, result.failed(), false, false, {}};
        if (!result.failed()) {
          answer.held = result.get().held;
          answer.promising = result.get().promising;
          answer.next_due = result.get().next_due;
        }
        send_outside(self, answer);
      });
}

void run_scheduler::on_looked(const lane_looked& answer) {
  if (!worker_ || answer.generation != generation_)
    return;
  auto& one = worker_->lanes[answer.lane];
  one.looking = false;
  if (answer.failed) {
    // The next round looks again.
    worker_->paused = true;
    return;
  }
  one.next_due = answer.next_due;
  one.settled = true;
  if (one.last == tick_outcome::idle_lease_held && !answer.held)
    one.last = tick_outcome::idle_no_runs;
  one.promising = answer.promising || one.moved;
  fill();
  end_if_idle();
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
