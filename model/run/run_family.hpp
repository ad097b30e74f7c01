#pragma once

#include "model/base/uuid.hpp"
#include "model/run/run_status.hpp"

#include <vector>

namespace sluice {

/// A run among its relatives.
struct run_relation {
  uuid id;
  /// The run that spawned it, or none.
  uuid parent = {};
  /// The run that it repeats, or none. Plays no part in a cancel.
  uuid retry_of = {};
  run_status status = run_status::queued;
};

/// Returns the runs that are told to cancel when `cancelled` enters `cancelling`: all that descend from it by
/// `parent` and are not over nor being cancelled already, children before their own, each generation by id.
/// A child that is over still passes the cancel on to its own children.
std::vector<uuid> cancel_cascade(const uuid& cancelled, const std::vector<run_relation>& runs);

} // namespace sluice
