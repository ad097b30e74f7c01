#pragma once

#include "model/run/run_event_makers.hpp"
#include "model/run/tick_rules.hpp"
#include "persistence/store/store.hpp"

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace sluice {

/// Who writes, and under which lease.
struct fence {
  lease_owner owner;
  std::uint64_t token = 0;
};

/// A change of status, with its event.
struct status_change {
  run_status to = run_status::queued;
  status_note note = {};
};

using run_acts = std::vector<std::variant<status_change, run_event_draft>>;

/// One unit of work on a run, by the owner of its lease: all of it or nothing.
struct run_change {
  uuid run = {};
  /// Guards: refused unless both are so.
  std::uint64_t version = 0;
  fence by = {};
  /// Changes of status and other events, in the order in which they are told.
  run_acts acts = {};
  std::vector<step_row> steps = {};
  /// When the run is to be taken up again.
  std::optional<utc_time> available_at = {};
  /// A command that has acted, or came too late to.
  std::optional<std::int64_t> delivered_command = {};
  /// Ticks of the lane's day that are used: attempts that begin.
  std::uint32_t ticks = 0;
  /// Give the lease back.
  bool release = false;
};

/// Inside a transaction: applies the change and returns the row as it stands now. Guards come first. Throws
/// `error` with `not_found`, `stale_token`, `lease_lost`, `version_conflict`, `command_replaced` (the
/// delivered command does not wait any more) or `invalid_transition`; the transaction is then to be rolled
/// back.
run_row change_run(store& in, const run_change& change, utc_time now);

/// What begins at a step boundary; as in `run_change`.
struct run_change_continuation {
  run_acts acts = {};
  std::vector<step_row> steps = {};
  std::uint32_t ticks = 0;
  /// Other attempts of the run are under way: the lease is kept when this may not begin.
  bool beside_others = false;
};

/// What became of a step boundary.
struct boundary_answer {
  run_row row;
  /// What was to begin has begun. Otherwise, if something was, the lease was given back, unless it was to
  /// begin `beside_others`.
  bool continued = false;
  /// Why it has not: `idle_lane_disabled` or `idle_cap_reached`; else `ticked`.
  tick_outcome outcome = tick_outcome::ticked;
  /// How many ticks the day leaves now, if that was looked at and there is a cap: an owner that wanted more
  /// than there were may claim the run again for these.
  std::optional<std::uint64_t> ticks_left = {};
};

/// A step boundary as somebody else keeps it.
struct boundary_view {
  const run_change* ended;
  const std::optional<run_change_continuation>* next;
};

class run_writer;

/// Inside a transaction: what `cross_boundary` does once its guards hold, on a writer that may have more to
/// write: all of it is written together. `lease`: as it is once the writer has written.
boundary_answer write_boundary(store& in, run_writer& writer, const lease_record& lease,
                               const boundary_view& boundary, utc_time now);

/// Inside a transaction: the owner at a step boundary. `ended` is applied in any case, as by `change_run`.
/// `next` follows in the same step of the version if the lane is enabled and its day has room for all of its
/// ticks; otherwise the run stays as `ended` left it and the lease is given back. Without `next`:
/// `change_run`. Reads the lane once, and only if it must. Throws as `change_run`, and `internal_error` when
/// `next` is to follow on a change that gives the lease back or leaves nothing to advance.
boundary_answer cross_boundary(store& in, const run_change& ended,
                               const std::optional<run_change_continuation>& next, utc_time now);

} // namespace sluice
