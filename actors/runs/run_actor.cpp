#include "actors/runs/run_actor.hpp"

#include "actors/messaging/send.hpp"
#include "model/base/error.hpp"
#include "model/base/fault_point.hpp"
#include "model/run/lease_rules.hpp"

#include <caf/actor_system.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

constexpr std::chrono::milliseconds first_write_pause{50};
constexpr std::chrono::milliseconds longest_write_pause{1'000};

bool may_pass(const std::string& code) {
  return code.starts_with("store_");
}

} // namespace

run_actor::run_actor(caf::actor_config& config, run_in_hand run)
    : flow_actor(config),
      run_(std::make_unique<run_in_hand>(std::move(run))),
      deadline_(lease_clock(run_->sent, run_->around->lease_ttl).deadline()),
      random_(run_->around->make_random()) {}

caf::behavior run_actor::make_behavior() {
  start();
  return {
      [this](const turn_written& answer) { on_written(answer); },
      [this](attempt_ended& ended) { on_ended(ended.step, ended.attempt, std::move(ended.outcome)); },
      [this](attempt_noted& noted) { on_noted(std::move(noted.event)); },
      [this](const attempt_held& held) {
        if (attempts_.contains(held.step, held.attempt))
          take([held](run_conductor& conductor, utc_time now) {
            return conductor.stands_still(held.step, held.hold, now);
          });
      },
      [this](const run_told& told) {
        fault_point("command.told");
        take([command = told.command](run_conductor& conductor,
                                      utc_time now) { return conductor.tell(command, now); },
             true);
      },
      [this](const hand_back_run& order) {
        fault_point("hand_back.told");
        take([](run_conductor& conductor, utc_time now) { return conductor.hand_back(now); });
        arm(run_alarm_kind::cut_off, order.grace);
      },
      [this](const lane_closed&) {
        fault_point("lane.closed");
        take([](run_conductor& conductor, utc_time now) { return conductor.hand_back(now); });
      },
      [this](const lease_extended& extended) {
        deadline_ = extended.deadline;
        attempts_.extend(extended.deadline);
      },
      [this](const lease_lost& lost) { give_up(lost.why); },
      [this](const run_alarm& alarm) { on_alarm(alarm); },
  };
}

void run_actor::on_exit() {
  // Timers that were set keep the actor for a while, but not what it had in hand.
  run_.reset();
  waiting_.clear();
  events_.clear();
  writing_.reset();
  before_command_.reset();
}

void run_actor::start() {
  fault_point("run.taken");
  send_urgent(run_->leases, lease_taken{run_->conductor.row().id, run_->token, run_->sent, caf::actor{this}});
  if (!run_->first)
    return take([](run_conductor& conductor, utc_time now) { return conductor.advance(now); });
  auto turn = *std::exchange(run_->first, std::nullopt);
  carry_out_turn(std::move(turn));
  go_on();
}

void run_actor::take(reaction what, bool is_command) {
  if (given_up_ || left_)
    return;
  events_.push_back({std::move(what), is_command});
  go_on();
}

void run_actor::go_on() {
  while (!writing_ && !given_up_ && !left_ && !events_.empty()) {
    auto next = std::move(events_.front());
    events_.pop_front();
    // The command may turn out to have been replaced: then all of this never was.
    const bool may_undo = next.is_command || run_->conductor.has_command();
    auto before = may_undo ? std::optional(run_->conductor) : std::nullopt;
    auto turn = next.what(run_->conductor, run_->around->clock.utc());
    if (may_undo && turn.ended.delivered_command)
      before_command_.emplace(undo{*std::move(before), std::move(next)});
    perform(std::move(turn));
  }
}

void run_actor::perform(run_turn turn) {
  if (!turn.writes())
    return carry_out_turn(std::move(turn));
  fault_point("turn.decided");
  writing_ = std::make_shared<const run_turn>(std::move(turn));
  write();
}

void run_actor::write() {
  if (!may_act() && !returning_)
    return give_up("its lease ran out before the store answered");
  const caf::actor self{this};
  run_->around->store.write<boundary_answer>(
      store_priority::normal,
      [turn = writing_](store& in, utc_time now) { return cross_boundary(in, turn->ended, turn->next, now); },
      [self](store_result<boundary_answer> result) {
        send_urgent(self, turn_written{std::make_shared<store_result<boundary_answer>>(std::move(result))});
      });
}

void run_actor::on_written(const turn_written& answer) {
  if (!writing_ || given_up_ || left_)
    return;
  try {
    const auto& outcome = answer.result->get();
    fault_point("turn.acknowledged");
    const auto turn = std::exchange(writing_, nullptr);
    failed_writes_ = 0;
    before_command_.reset();
    run_->conductor.written(outcome.row);
    if (!turn->next || outcome.continued) {
      if (turn->over())
        return leave(outcome.row.status, false);
      carry_out_turn(*turn);
    } else {
      run_->conductor.not_begun(*turn);
      if (!turn->next->beside_others)
        return leave(outcome.row.status, false);
    }
  } catch (const error& refused) {
    return on_refused(refused.code(), refused.what());
  } catch (const std::exception& wrong) {
    return on_refused("internal", wrong.what());
  }
  go_on();
}

void run_actor::on_refused(const std::string& code, const std::string& text) {
  if (code == "command_replaced" && before_command_)
    return forget_command();
  if (!may_pass(code))
    return give_up(text);
  const auto pause = std::min(first_write_pause * (1U << std::min(failed_writes_, 5U)), longest_write_pause);
  if (failed_writes_++ == 0)
    say(log_level::warning, "run_write_failed", fmt::format("{} [{}]; it is tried again", text, code));
  arm(run_alarm_kind::write_again, pause);
}

/// Somebody has replaced the command that was just obeyed: it never was, and the newest one is read.
void run_actor::forget_command() {
  fault_point("command.forgotten");
  auto back = *std::exchange(before_command_, std::nullopt);
  writing_ = nullptr;
  run_->conductor = std::move(back.conductor);
  run_->conductor.forget_command();
  if (!back.what.is_command)
    events_.push_front(std::move(back.what));
  const caf::actor self{this};
  run_->around->store.read<std::optional<command_row>>(
      [run = run_->conductor.row().id](store& in, utc_time) { return in.commands().undelivered(run); },
      [self](store_result<std::optional<command_row>> found) {
        if (!found.failed() && found.get())
          send_urgent(self, run_told{*found.get()});
      });
  go_on();
}

/// What was to be written is: signals, attempts, timers.
void run_actor::carry_out_turn(run_turn turn) {
  if (turn.hold) {
    fault_point("attempts.held");
    const auto hold = run_->conductor.hold_number();
    attempts_.hold(hold);
    // An attempt that only waits stands still by itself.
    for (const auto& [step, waiting] : waiting_)
      events_.push_back({[step = step, hold](run_conductor& conductor, utc_time now) {
        return conductor.stands_still(step, hold, now);
      }});
  }
  if (turn.go_on)
    attempts_.resume();
  if (turn.interrupt)
    interrupt(run_->around->step_grace);
  for (auto& attempt : turn.begin)
    begin(std::move(attempt));
  if (turn.wake_at) {
    const auto wait = *turn.wake_at - run_->around->clock.utc();
    arm(run_alarm_kind::wake, std::max(wait, std::chrono::milliseconds{0}), 0, 0, ++wake_generation_);
  }
}

void run_actor::begin(begun_attempt attempt) {
  if (given_up_ || left_)
    return;
  fault_point("attempt.begun");
  if (!may_act())
    return attempts_.empty() ? return_unbegun() : give_up("its lease ran out before an attempt could begin");
  const auto* type = run_->around->steps->find(run_->conductor.steps().spec(attempt.step).kind);
  const auto step = attempt.step;
  const auto number = attempt.token.attempt;
  auto signal = std::make_shared<step_signal>();
  attempts_.add(step, number, signal);
  run_meters::add(run_->around->meters->attempts);
  if (const auto limit = run_->conductor.steps().spec(step).timeout)
    arm(run_alarm_kind::step_timeout, *limit, step, number);
  step_job job{std::move(attempt), type, std::move(signal), run_->around};
  switch (type->pace) {
  case step_pace::immediate:
    on_ended(step, number, carry_out(job, caf::actor{this}));
    break;
  case step_pace::timed:
    arm(run_alarm_kind::step_due, type->delay(job.attempt.params), step, number);
    waiting_.emplace(step, std::move(job));
    break;
  case step_pace::blocking:
    job.signal->extend(deadline_);
    const auto actor = home_system().spawn<step_actor, caf::detached>(std::move(job), caf::actor{this});
    send_outside(actor, begin_attempt_order{});
    break;
  }
}

void run_actor::finish_timed(std::size_t step, std::uint32_t attempt) {
  const auto found = waiting_.find(step);
  if (found == waiting_.end() || found->second.attempt.token.attempt != attempt)
    return;
  const auto job = std::move(found->second);
  waiting_.erase(found);
  fault_point("sleep.due");
  on_ended(step, attempt, carry_out(job, caf::actor{this}));
}

void run_actor::on_ended(std::size_t step, std::uint32_t attempt, attempt_outcome outcome) {
  auto ended = attempts_.end(step, attempt, std::move(outcome));
  if (!ended)
    return;
  count_end(ended->status);
  fault_point("attempt.ended");
  if (given_up_) {
    if (attempts_.empty())
      leave(run_->conductor.row().status, true);
    return;
  }
  take([this, step, attempt, ended = *std::move(ended)](run_conductor& conductor, utc_time now) {
    note_dropped();
    return conductor.end_attempt(step, attempt, ended, now, random_);
  });
}

void run_actor::count_end(attempt_status status) {
  auto& meters = *run_->around->meters;
  run_meters::add(status == attempt_status::succeeded ? meters.attempts_succeeded
                  : status == attempt_status::failed  ? meters.attempts_failed
                                                      : meters.attempts_cancelled);
}

void run_actor::on_noted(run_event_draft noted) {
  if (given_up_ || left_)
    return;
  if (notes_ >= defaults::step_log_lines) {
    ++dropped_notes_;
    return;
  }
  ++notes_;
  run_->conductor.note(std::move(noted));
  if (std::exchange(flush_armed_, true))
    return;
  arm(run_alarm_kind::flush, defaults::step_log_pause);
}

/// Lines above the rate are not kept, but it is said how many.
void run_actor::note_dropped() {
  notes_ = 0;
  if (const auto dropped = std::exchange(dropped_notes_, 0); dropped > 0)
    say(log_level::warning, "step_log_dropped",
        fmt::format("{} lines were not kept: more than {} within {} ms", dropped, defaults::step_log_lines,
                    defaults::step_log_pause.count()));
}

/// Nothing was done, so it does no harm that the lease has run out: the store refuses the write when somebody
/// else has the run by now.
void run_actor::return_unbegun() {
  if (std::exchange(returning_, true))
    return;
  fault_point("attempts.unbegun");
  say(log_level::warning, "run_returned", "its lease ran out before an attempt could begin");
  take([](run_conductor& conductor, utc_time now) { return conductor.return_unbegun(now); });
}

/// The run is, or may soon be, somebody else's: stop everything, write nothing.
void run_actor::give_up(const std::string& why) {
  if (given_up_ || left_)
    return;
  given_up_ = true;
  run_meters::add(run_->around->meters->runs_given_up);
  fault_point("give_up.begun");
  say(log_level::warning, "run_given_up", why);
  events_.clear();
  writing_ = nullptr;
  send_urgent(run_->leases, lease_dropped{run_->conductor.row().id, run_->token});
  if (attempts_.empty())
    return leave(run_->conductor.row().status, true);
  interrupt(std::chrono::milliseconds{0});
}

void run_actor::leave(run_status status, bool lost) {
  if (std::exchange(left_, true))
    return;
  fault_point(given_up_ ? "give_up.done" : "run.leaving");
  if (!given_up_)
    send_urgent(run_->leases, lease_dropped{run_->conductor.row().id, run_->token});
  send_normal(this, run_->scheduler,
              run_left{run_->conductor.row().id, run_->token, status, run_->conductor.begun(), lost});
  quit();
}

bool run_actor::may_act() const {
  return run_->around->clock.boot().since_boot < deadline_;
}

void run_actor::say(log_level level, std::string_view what, const std::string& text) const {
  if (run_->around->log)
    run_->around->log(level, what, fmt::format("run {}: {}", to_string(run_->conductor.row().id), text));
}

} // namespace sluice
