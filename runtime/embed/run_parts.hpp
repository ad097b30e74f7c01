#pragma once

#include "actors/runs/run_surroundings.hpp"
#include "actors/store/store_actors.hpp"
#include "runtime/embed/run_runtime.hpp"

#include <chrono>

namespace sluice {

/// Returns `grace`, but not below zero and not so long that a clock plus it would overflow.
std::chrono::milliseconds bounded_grace(std::chrono::milliseconds grace);

/// What the persistence actors of a runtime of runs are made with.
store_actors_settings store_settings_of(const run_options& options, const run_clock& clock, log_sink log);

/// What the actors of a runtime of runs share. The database file is there; `owner` begins to hold its lock
/// (persistence/owners/owner_lock.hpp).
run_surroundings surroundings_of(const run_options& options, const lease_owner& owner, store_access store,
                                 const run_clock& clock, log_sink log);

} // namespace sluice
