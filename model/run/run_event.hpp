#pragma once

#include "model/base/utc_time.hpp"
#include "model/base/uuid.hpp"
#include "model/message/json.hpp"
#include "model/run/run_command.hpp"
#include "model/run/run_status.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// What happened to a run. The spellings are those of the enumeration in capitals.
enum class run_event_kind : std::uint8_t {
  run_created,           ///< submitted
  run_preparing,         ///< claimed: graph, assets and policy are looked at
  run_started,           ///< running for the first time
  run_pausing,           ///< a pause was delivered and a step is still under way
  run_paused,            ///< waits for `resume`
  run_resumed,           ///< running or queued again
  run_blocked,           ///< a policy refused it
  run_intervening,       ///< a person has taken over
  run_cancelling,        ///< a cancel was delivered and a step is still under way
  run_succeeded,         ///< over: every step did
  run_failed,            ///< over: a step failed for good
  run_cancelled,         ///< over, as somebody asked
  step_started,          ///< an attempt begins
  step_progress,         ///< how far an attempt is
  step_log,              ///< a line of an attempt
  step_succeeded,        ///< with its result
  step_failed,           ///< for good
  step_retry,            ///< an attempt failed and another follows
  step_cancelled,        ///< an attempt was interrupted
  step_lost,             ///< an attempt whose owner lost its lease
  command_received,      ///< somebody asked for something
  command_replaced,      ///< a later command took the place of one that waited
  worker_tick_requested, ///< somebody asked for one step
};
/// How many kinds there are.
inline constexpr std::size_t run_event_kind_count = 23;

/// Returns the one spelling that is stored and shown, e.g. `RUN_CREATED`.
std::string_view to_string(run_event_kind kind) noexcept;
/// Returns the kind spelt so, or nothing.
std::optional<run_event_kind> parse_run_event_kind(std::string_view text) noexcept;

/// An event before it is stored: what its maker knows.
struct run_event_draft {
  /// What happened.
  run_event_kind kind = run_event_kind::run_created;
  /// An object; `event_fields` says what is in it.
  json payload = {};
};

/// An event as it is stored and shown.
struct run_event {
  /// Grows over all runs, in commit order; may have gaps.
  std::int64_t id = 0;
  /// The run it happened to.
  uuid run = {};
  /// From 1, without gaps, per run.
  std::uint64_t seq = 0;
  /// What happened.
  run_event_kind kind = run_event_kind::run_created;
  /// When, by the clock of whoever stored it.
  utc_time at = {};
  /// An object; `event_fields` says what is in it.
  json payload = {};
};

/// Gives events of one run their numbers, after `last_seq` (0: none yet), and one time. Ids are the store's.
std::vector<run_event> number_events(const uuid& run, std::uint64_t last_seq, utc_time at,
                                     std::vector<run_event_draft> drafts);

/// What a payload field holds.
enum class event_field_type : std::uint8_t { text, number, boolean, any };

/// One field that a payload has.
struct event_field {
  /// As it is in the object.
  std::string_view name;
  /// What it holds.
  event_field_type type = event_field_type::text;
  /// Whether it is always there.
  bool required = true;
};

/// Returns the fields that events of this kind have: part of the contract in docs/schema.md. A payload may
/// have no others.
const std::vector<event_field>& event_fields(run_event_kind kind);
/// Throws `internal_error` that names field and kind when the payload is not as `event_fields` says.
void require_payload(const run_event_draft& draft);

/// Returns the kind that announces that a run has become `to`. `first_time`: it has never been running
/// before.
run_event_kind kind_of(run_status to, bool first_time) noexcept;

} // namespace sluice
