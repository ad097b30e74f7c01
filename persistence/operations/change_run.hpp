#pragma once

#include "model/run/run_event_makers.hpp"
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

/// One unit of work on a run, by the owner of its lease: all of it or nothing.
struct run_change {
  uuid run = {};
  /// Guards: refused unless both are so.
  std::uint64_t version = 0;
  fence by = {};
  /// Changes of status and other events, in the order in which they are told.
  std::vector<std::variant<status_change, run_event_draft>> acts = {};
  std::vector<step_row> steps = {};
  /// When the run is to be taken up again.
  std::optional<utc_time> available_at = {};
  /// A command that has acted, or came too late to.
  std::optional<std::int64_t> delivered_command = {};
  /// A tick of the lane's day is used.
  bool counts_tick = false;
  /// Give the lease back.
  bool release = false;
};

/// Inside a transaction: applies the change and returns the row as it stands now. Guards come first. Throws
/// `error` with `not_found`, `stale_token`, `lease_lost`, `version_conflict` or `invalid_transition`; the
/// transaction is then to be rolled back.
run_row change_run(store& in, const run_change& change, utc_time now);

} // namespace sluice
