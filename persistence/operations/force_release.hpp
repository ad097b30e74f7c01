#pragma once

#include "model/base/utc_time.hpp"
#include "model/base/uuid.hpp"
#include "persistence/store/store.hpp"

#include <cstdint>
#include <string>

namespace sluice {

/// Inside a transaction: takes the lease of a run from whoever has it, alive or not, and leaves the audit row
/// `lease.release`. Writes of that owner are refused from here on, and the run can be claimed at once; its
/// step may still be under way there until the owner hears of it, at its next renewal or write. Returns the
/// token that counts now. Throws `error("not_found")` for no run and `error("not_held")` when nobody has the
/// lease.
std::uint64_t force_release(store& in, const uuid& run, const std::string& by, utc_time now);

} // namespace sluice
