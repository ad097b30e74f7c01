#pragma once

#include <string_view>

namespace sluice {

/// Runs, steps, events, commands, leases, lanes, audit.
extern const std::string_view migration_0001_runs;

} // namespace sluice
