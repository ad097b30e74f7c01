#pragma once

#include "actors/messaging/flow_actor.hpp"
#include "actors/runs/run_conductor.hpp"
#include "actors/runs/run_messages.hpp"
#include "actors/runs/run_surroundings.hpp"
#include "actors/runs/running_attempts.hpp"
#include "actors/runs/step_actor.hpp"

#include <caf/behavior.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace sluice {

/// A run that was claimed.
struct run_in_hand {
  run_conductor conductor;
  /// Written together with the claim; its attempts begin now. None: the first turn is still to be taken.
  std::optional<run_turn> first;
  std::uint64_t token = 0;
  /// CLOCK_BOOTTIME before the claim was asked for.
  std::chrono::nanoseconds sent{0};
  run_surroundings_pointer around;
  caf::actor scheduler;
  caf::actor leases;
};

/// Carries one run in hand: takes what happens to its `run_conductor`, writes what that decides, and then
/// lets attempts begin and end. One write at a time; what happens meanwhile waits. When the lease is lost it
/// stops everything and writes nothing more. Ends when the run has left these hands.
class run_actor final : public flow_actor {
public:
  run_actor(caf::actor_config& config, run_in_hand run);
  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  using reaction = std::function<run_turn(run_conductor& conductor, utc_time now)>;
  /// Something that happened to the run.
  struct event {
    reaction what;
    bool is_command = false;
  };

  void start();
  void take(reaction what, bool is_command = false);
  void go_on();
  void perform(run_turn turn);
  void write();
  void on_written(const turn_written& answer);
  void on_refused(const std::string& code, const std::string& text);
  void forget_command();
  void carry_out_turn(run_turn turn);
  void begin(begun_attempt attempt);
  void finish_timed(std::size_t step, std::uint32_t attempt);
  void on_ended(std::size_t step, std::uint32_t attempt, attempt_outcome outcome);
  void count_end(attempt_status status);
  void on_noted(run_event_draft noted);
  void note_dropped();
  void on_alarm(const run_alarm& alarm);
  void on_due(const run_alarm& alarm);
  void interrupt(std::chrono::milliseconds grace);
  void end_waiting(std::size_t step);
  void on_stuck(std::size_t step, std::uint32_t attempt);
  void cut_off();
  void return_unbegun();
  void give_up(const std::string& why);
  void leave(run_status status, bool lost);
  void arm(run_alarm_kind kind, std::chrono::nanoseconds after, std::size_t step = 0,
           std::uint32_t attempt = 0, std::uint64_t generation = 0);
  void send_alarm(const run_alarm& alarm);
  bool may_act() const;
  void say(log_level level, std::string_view what, const std::string& text) const;

  std::unique_ptr<run_in_hand> run_;
  /// Until when the owner may act, CLOCK_BOOTTIME.
  std::chrono::nanoseconds deadline_{0};
  random_source random_;
  running_attempts attempts_;
  /// Attempts of `timed` steps.
  std::map<std::size_t, step_job> waiting_;
  std::deque<event> events_;
  std::shared_ptr<const run_turn> writing_;
  unsigned failed_writes_ = 0;
  /// What is as it was, and happens again, when somebody has replaced the command that is being obeyed.
  struct undo {
    run_conductor conductor;
    event what;
  };
  std::optional<undo> before_command_;
  std::uint64_t wake_generation_ = 0;
  std::size_t notes_ = 0;
  std::size_t dropped_notes_ = 0;
  bool flush_armed_ = false;
  bool returning_ = false;
  bool given_up_ = false;
  bool left_ = false;
};

} // namespace sluice
