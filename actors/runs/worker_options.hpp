#pragma once

#include "model/base/uuid.hpp"
#include "model/run/run_defaults.hpp"
#include "model/run/run_status.hpp"
#include "model/run/tick_rules.hpp"
#include "persistence/store/run_store.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sluice {

/// What a worker does.
struct worker_options {
  /// The lanes that it takes runs of, in turn.
  std::vector<lane_queue> lanes = {{"default", "default"}};
  /// Runs that are in hand at a time, and steps of one run that are under way at a time.
  std::size_t parallel_runs = defaults::parallel_runs;
  /// See `parallel_runs`.
  std::size_t parallel_steps = defaults::parallel_steps;
  /// How much it does at most before it ends.
  invocation_caps caps = {};
  /// End when nothing is in hand and nothing is due; otherwise only `stop_worker` ends it.
  bool until_idle = false;
};

/// What a worker did until it ended.
struct worker_report {
  /// Steps that it took.
  std::uint64_t ticks = 0;
  /// Runs that came to an end in its hands.
  std::uint64_t succeeded = 0;
  /// Runs that failed in its hands.
  std::uint64_t failed = 0;
  /// Runs that were cancelled in its hands.
  std::uint64_t cancelled = 0;
  /// Runs that it gave back: paused, blocked, waiting for a retry, capped, stopped, or lost to another owner.
  std::uint64_t handed_back = 0;
  /// Why it ended, or, if it was stopped, what its last look at a lane came to.
  tick_outcome last = tick_outcome::idle_no_runs;
  /// `error`: why.
  std::string error_code = {};
  /// One sentence for a person; see `error_code`.
  std::string error_text = {};
};

/// What one tick came to.
struct tick_report {
  /// What came of it.
  tick_outcome outcome = tick_outcome::idle_no_runs;
  /// `ticked`: the run, and its status after the tick. No run when a pause or cancel was settled.
  uuid run = {};
  /// See `run`.
  run_status status = run_status::queued;
  /// `error`: why.
  std::string error_code = {};
  /// One sentence for a person; see `error_code`.
  std::string error_text = {};
};

} // namespace sluice
