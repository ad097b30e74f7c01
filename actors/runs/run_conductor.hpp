#pragma once

#include "model/base/random_source.hpp"
#include "model/run/attempt_token.hpp"
#include "model/run/run_command.hpp"
#include "model/run/run_progress.hpp"
#include "model/run/step_catalog.hpp"
#include "model/run/step_policy.hpp"
#include "persistence/operations/change_run.hpp"
#include "persistence/operations/claim_run.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// An attempt to be carried out once its beginning is durable.
struct begun_attempt {
  std::size_t step = 0;
  attempt_token token = {};
  /// References are replaced; checked by the kind.
  json params = {};
  /// The step as it was before.
  step_progress before = {};
};

/// What the owner of a run does next: first the writing, in one transaction, then the rest.
struct run_turn {
  /// Applied in any case.
  run_change ended;
  /// Begins more; left out, and the lease is released, when the lane allows no more.
  std::optional<run_change_continuation> next;
  std::vector<begun_attempt> begin;
  /// The attempts under way are to end; a held one goes on; all are to stand still.
  bool interrupt = false;
  bool go_on = false;
  bool hold = false;
  /// Nothing else happens before: look again then.
  std::optional<utc_time> wake_at;

  bool writes() const noexcept;
  /// The lease is given back: the run is out of these hands.
  bool over() const noexcept { return ended.release; }
};

/// Who asks and what he may do with the run that he claimed.
struct conductor_settings {
  lease_owner owner;
  /// Attempts under way at a time.
  std::size_t parallel = defaults::parallel_steps;
  /// Attempts that may be begun before the run is handed back; none: any number.
  std::optional<std::uint64_t> ticks = {};
  /// A run whose next attempt is due within this time stays in hand; otherwise it goes back to its lane.
  std::chrono::milliseconds patience{0};
};

/// What the owner of one run knows and decides: which statuses it passes, which attempts begin, when it is
/// given back. It writes nothing and waits for nothing: each call says what is to be written (`run_turn`),
/// and `written` says that it was. Between the two nothing else is called. Not shared between threads; copies
/// are independent.
class run_conductor {
public:
  /// `run` has just been claimed. `catalog` and `policy` outlive this object.
  run_conductor(claimed_run run, conductor_settings settings, const step_catalog& catalog,
                const step_policy* policy);

  const run_row& row() const noexcept { return row_; }
  const run_progress& steps() const noexcept { return steps_; }

  /// The first turn, and whenever a wait is over.
  run_turn advance(utc_time now);
  /// An attempt has ended. Whoever is not the last attempt at its step is ignored.
  run_turn end_attempt(std::size_t step, std::uint32_t attempt, attempt_outcome outcome, utc_time now,
                       const random_source& random);
  /// Somebody told the run something. The newest counts.
  run_turn tell(const command_row& command, utc_time now);
  /// A flow inside an attempt stands still, as it was told to by a turn with `hold`, whose `hold_number` was
  /// `hold`. One that was told to go on since is ignored.
  run_turn stands_still(std::size_t step, std::uint64_t hold, utc_time now);
  /// Names the last turn with `hold`.
  std::uint64_t hold_number() const noexcept { return holds_; }
  /// Nothing more begins; once nothing is under way the run is handed back.
  run_turn hand_back(utc_time now);
  /// The lease ran out before any of the attempts under way could begin: they are lost, but count for
  /// nothing.
  run_turn return_unbegun(utc_time now);
  /// The attempts under way were interrupted because the worker ends.
  void cut_off() noexcept { interrupted_ = true; }
  bool has_command() const noexcept { return command_.has_value(); }
  void forget_command() noexcept { command_.reset(); }
  /// An event that goes with the next turn, e.g. STEP_LOG; `flush` makes one of them alone.
  void note(run_event_draft event) { notes_.push_back(std::move(event)); }
  bool has_notes() const noexcept { return !notes_.empty(); }
  run_turn flush();

  /// The turn was written; this is the row now.
  void written(run_row row) { row_ = std::move(row); }
  /// It was written, but the lane let nothing more begin while other attempts go on: none of `turn.begin` is
  /// under way, and the run is handed back when the others have ended.
  void not_begun(const run_turn& turn);

  /// Attempts that were begun in these hands.
  std::uint64_t begun() const noexcept { return begun_; }

  bool is_under_way(std::size_t step, std::uint32_t attempt) const;

private:
  run_turn start_turn();
  run_turn decide(run_turn turn, utc_time now);
  void obey(run_turn& turn);
  void go_on(run_turn& turn, utc_time now);
  bool prepare(run_turn& turn);
  void begin_ready(run_turn& turn, const run_outlook& outlook, utc_time now);
  bool begin(run_turn& turn, std::size_t step, utc_time now);
  void ask_policy(const step_policy_question& question);
  void refuse(run_turn& turn, std::size_t step, attempt_outcome outcome, utc_time now);
  void note_end(run_turn& turn, std::size_t step, const attempt_outcome& outcome, utc_time now,
                const random_source& random);
  void take_back(run_turn& turn, std::size_t step, utc_time now);
  void finish(run_turn& turn, const run_outlook& outlook, utc_time now);
  void enter(run_turn& turn, run_status status, status_note note = {});
  void put_step(std::vector<step_row>& out, std::size_t step, std::optional<utc_time> finished) const;
  step_activity activity() const;
  bool may_begin() const;

  run_row row_;
  run_status status_;
  run_progress steps_;
  std::uint64_t token_;
  conductor_settings settings_;
  const step_catalog* catalog_;
  const step_policy* policy_;
  std::vector<std::optional<utc_time>> started_;
  std::vector<bool> held_;
  std::vector<run_event_draft> notes_;
  std::optional<command_row> command_;
  std::int64_t last_command_ = 0;
  std::uint64_t begun_ = 0;
  bool interrupted_ = false;
  /// The attempts under way were told to stand still, and not yet to go on.
  bool hold_told_ = false;
  std::uint64_t holds_ = 0;
  bool handing_back_ = false;
  /// Why the policy lets nothing more begin.
  std::optional<std::string> refused_;
};

} // namespace sluice
