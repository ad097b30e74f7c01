#pragma once

#include <string_view>

namespace sluice {

/// Lists of runs by job type.
extern const std::string_view migration_0002_runs_typed;

} // namespace sluice
