// The part of run_actor that waits: timers, time limits, and attempts that are to end.

#include "actors/runs/run_actor.hpp"
#include "model/base/fault_point.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

/// Longest a timer is set for: what it keeps alive goes by then.
constexpr std::chrono::seconds longest_timer{30};

} // namespace

void run_actor::on_alarm(const run_alarm& alarm) {
  if (left_)
    return;
  const auto now = clock().now().time_since_epoch();
  if (now < alarm.due)
    return send_alarm(alarm);
  on_due(alarm);
}

void run_actor::on_due(const run_alarm& alarm) {
  switch (alarm.kind) {
  case run_alarm_kind::wake:
    if (alarm.generation == wake_generation_)
      take([](run_conductor& conductor, utc_time moment) { return conductor.advance(moment); });
    break;
  case run_alarm_kind::write_again:
    if (writing_ && !given_up_)
      write();
    break;
  case run_alarm_kind::flush:
    flush_armed_ = false;
    fault_point("notes.due");
    take([this](run_conductor& conductor, utc_time) {
      note_dropped();
      return conductor.flush();
    });
    break;
  case run_alarm_kind::step_due:
    finish_timed(alarm.step, alarm.attempt);
    break;
  case run_alarm_kind::step_timeout:
    if (attempts_.contains(alarm.step, alarm.attempt)) {
      attempts_.time_out(alarm.step, run_->around->step_grace);
      end_waiting(alarm.step);
      arm(run_alarm_kind::step_stuck, run_->around->step_grace + defaults::step_stuck_after, alarm.step,
          alarm.attempt);
    }
    break;
  case run_alarm_kind::step_stuck:
    on_stuck(alarm.step, alarm.attempt);
    break;
  case run_alarm_kind::cut_off:
    cut_off();
    break;
  }
}

/// Tells all attempts to end; those that only wait do so here.
void run_actor::interrupt(std::chrono::milliseconds grace) {
  fault_point("attempts.interrupted");
  attempts_.interrupt(grace);
  for (const auto& [step, attempt] : attempts_.list()) {
    end_waiting(step);
    if (attempts_.contains(step, attempt))
      arm(run_alarm_kind::step_stuck, grace + defaults::step_stuck_after, step, attempt);
  }
}

void run_actor::end_waiting(std::size_t step) {
  const auto found = waiting_.find(step);
  if (found == waiting_.end())
    return;
  const auto attempt = found->second.attempt.token.attempt;
  waiting_.erase(found);
  attempt_outcome cancelled;
  cancelled.status = attempt_status::cancelled;
  on_ended(step, attempt, std::move(cancelled));
}

void run_actor::on_stuck(std::size_t step, std::uint32_t attempt) {
  if (!attempts_.contains(step, attempt))
    return;
  const auto& id = run_->conductor.steps().spec(step).id;
  say(log_level::error, "step_stuck",
      fmt::format("attempt {} at step '{}' does not end although it was told to; it is left alone", attempt,
                  id));
  on_ended(step, attempt,
           {attempt_status::failed, {}, "step_stuck", "the attempt did not end when it was told to", false});
}

void run_actor::cut_off() {
  if (given_up_ || left_)
    return;
  events_.push_back({[](run_conductor& conductor, utc_time) {
    conductor.cut_off();
    return run_turn{};
  }});
  go_on();
  interrupt(run_->around->step_grace);
}

void run_actor::arm(run_alarm_kind kind, std::chrono::nanoseconds after, std::size_t step,
                    std::uint32_t attempt, std::uint64_t generation) {
  send_alarm({kind, step, attempt, generation, clock().now().time_since_epoch() + after});
}

void run_actor::send_alarm(const run_alarm& alarm) {
  const auto wait = alarm.due - clock().now().time_since_epoch();
  delayed_send(this, std::clamp<std::chrono::nanoseconds>(wait, std::chrono::nanoseconds{0}, longest_timer),
               alarm);
}

} // namespace sluice
