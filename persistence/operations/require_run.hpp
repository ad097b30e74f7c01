#pragma once

#include "persistence/store/store.hpp"

namespace sluice {

/// Inside a transaction: returns the row of a run. Throws `error("not_found")`.
run_row require_run(store& in, const uuid& id);

/// Inside a transaction: returns what was submitted for a run that is there. Throws `error("store_corrupt")`.
run_body require_body(store& in, const uuid& id);

/// Returns the params in the body of run `id`. Throws `error("store_corrupt")`.
json load_params(const run_body& body, const uuid& id);

} // namespace sluice
