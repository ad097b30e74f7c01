#pragma once

#include "model/run/run_command.hpp"
#include "persistence/store/store.hpp"

#include <string>

namespace sluice {

/// A command for a run: who, when and why are kept.
struct command_request {
  uuid run = {};
  run_command command = run_command::pause;
  std::string by = {};
  std::string reason = {};
  /// The run's lease names an owner, and that owner is alive and its lease is live.
  bool owned = false;
  utc_time at = {};
};

struct command_answer {
  bool changed = false;
  /// The status after the command; it changes later when an owner has to be told.
  run_status status = run_status::queued;
};

/// Inside a transaction: does what `decide_command` says, with command row, events and audit row. On a run
/// that nobody is on, it acts now: a dead owner's lease is revoked and its attempts are lost. Throws
/// `error("not_found")` or `error("invalid_transition")`.
command_answer command_run(store& in, const command_request& request);

/// Inside a transaction in which nobody is on the run any more and nobody will claim it, because it waits for
/// a person: a command that was kept for its owner acts now. One that came too late to, because the run has
/// become something that it cannot be told to, is marked delivered.
void act_on_undelivered(store& in, const uuid& run, utc_time now);

/// Inside a transaction in which `parent` has entered `cancelling`: tells its descendants to cancel. Owned
/// ones are told; the others are cancelled at once.
void cancel_children(store& in, const uuid& parent, utc_time now);

} // namespace sluice
