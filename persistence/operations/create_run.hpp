#pragma once

#include "model/run/run_event.hpp"
#include "model/run/submission.hpp"
#include "persistence/store/store.hpp"

#include <optional>

namespace sluice {

/// The answer to a submission.
struct created_run {
  uuid id;
  /// It was there already, under the same idempotency key.
  bool existing = false;
};

/// What a submission comes to in the tables, but for its id and the time.
struct new_run {
  run_row row;
  run_body body;
  run_event_draft created;
  /// None: at once.
  std::optional<utc_time> available_at;
};

/// Any thread: does what of the work needs no store. The submission has passed `check_submission`.
new_run prepare_run(const run_submission& submission);

/// Inside a transaction: makes a queued run with this id, its body and RUN_CREATED, unless a run of its env
/// has its key. `audited`: leave the audit row `run.create`, too, as mutations over HTTP do; a program that
/// submits to its own file by thousands saves the row (about 3 µs), since RUN_CREATED says the same. Throws
/// `error("idempotency_conflict")`.
created_run create_run(store& in, const new_run& run, const uuid& id, utc_time now, bool audited = false);
/// The same from a submission that has passed `check_submission`.
created_run create_run(store& in, const run_submission& submission, const uuid& id, utc_time now,
                       bool audited = false);

} // namespace sluice
