#pragma once

#include "model/run/submission.hpp"
#include "persistence/store/store.hpp"

namespace sluice {

/// The answer to a submission.
struct created_run {
  uuid id;
  /// It was there already, under the same idempotency key.
  bool existing = false;
};

/// Inside a transaction: makes a queued run with this id, its body and RUN_CREATED, unless a run of its env
/// has its key. The submission has passed `check_submission`. Throws `error("idempotency_conflict")`.
created_run create_run(store& in, const run_submission& submission, const uuid& id, utc_time now);

} // namespace sluice
