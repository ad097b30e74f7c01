// The part of run_scheduler that looks for work: which lane is looked at, what is claimed, what came of it.

#include "actors/messaging/send.hpp"
#include "actors/runs/run_scheduler.hpp"
#include "model/base/error.hpp"
#include "model/base/fault_point.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

using std::chrono::milliseconds;

/// Runs that are claimed in one transaction: its length bounds what others wait.
constexpr std::size_t claim_limit = 512;
/// Failures in a row after which a worker that only works until it is idle ends.
constexpr unsigned failure_limit = 10;
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
  worker_->lanes[answer.lane].last = tick_outcome::error;
  on_worker_failure(code, text);
}

/// Nothing is claimed by one who cannot hear of commands: who waits for that is told why.
void run_scheduler::on_deaf(const std::exception_ptr& failure) {
  if (listening_)
    return;
  std::string code;
  std::string text;
  describe(failure, code, text);
  for (auto& order : std::exchange(waiting_ticks_, {})) {
    run_meters::add(around_->meters->claims_with(tick_outcome::error));
    order.done({tick_outcome::error, {}, {}, code, text});
  }
  if (!worker_)
    return;
  for (auto& one : worker_->lanes)
    one.last = tick_outcome::error;
  on_worker_failure(code, text);
}

void run_scheduler::on_worker_failure(const std::string& code, const std::string& text) {
  if (around_->log && worker_->failures == 0)
    around_->log(log_level::error, "claim_failed", fmt::format("{} [{}]; it is tried again", text, code));
  worker_->paused = true;
  worker_->report.error_code = code;
  worker_->report.error_text = text;
  if (++worker_->failures >= failure_limit && worker_->settings.until_idle)
    stop_worker(milliseconds{0});
  end_if_idle();
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
    bool closed = false;
    bool held = false;
    std::optional<utc_time> next_due;
  };
  const caf::actor self{this};
  around_->store.read<seen>(
      [queue = one.queue](store& in, utc_time now) {
        seen result;
        const bool enabled = in.lanes().settings(queue.env, queue.lane).enabled;
        const bool advances = in.runs().next_to_advance(queue, now, {}).has_value();
        result.promising = in.runs().next_to_settle(queue) || (enabled && advances);
        result.closed = !enabled && advances;
        result.held = in.runs().has_owned(queue);
        // What a switch holds up is no matter of time.
        if (enabled)
          result.next_due = in.runs().next_due(queue, now);
        return result;
      },
      [self, index, generation = generation_](store_result<seen> result) {
        lane_looked answer{index, generation, result.failed(), false, false, false, {}};
        if (!result.failed()) {
          answer.held = result.get().held;
          answer.closed = result.get().closed;
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
  if (answer.closed)
    one.last = tick_outcome::idle_lane_disabled;
  else if (one.last == tick_outcome::idle_lane_disabled || one.last == tick_outcome::idle_lease_held)
    one.last = answer.held ? tick_outcome::idle_lease_held : tick_outcome::idle_no_runs;
  one.promising = answer.promising || one.moved;
  fill();
  end_if_idle();
}

} // namespace sluice
