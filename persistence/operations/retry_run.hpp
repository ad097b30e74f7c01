#pragma once

#include "persistence/operations/create_run.hpp"

#include <string>

namespace sluice {

/// Inside a transaction: makes a new queued run with id `id` that does again what `run`, which is over, was
/// submitted for: same place, mode, job type, graph, params and priority, `retry_of` it, requested by `by`,
/// without idempotency key and, since a cancel of that one is no business of the retry, without parent.
/// Leaves the audit row `run.retry`. Throws `error("not_found")`, or `error("invalid_transition")` when `run`
/// is not over.
created_run retry_run(store& in, const uuid& run, const uuid& id, const std::string& by, utc_time now);

} // namespace sluice
