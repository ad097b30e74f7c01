#pragma once

#include "persistence/sqlite/query.hpp"
#include "persistence/sqlite/sqlite_connection.hpp"
#include "persistence/store/run_rows.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace sluice {

/// Returns the row of `runs` with that key, if there is one. Throws `error("store_corrupt")` when a value in
/// it is none that Sluice writes.
std::optional<run_row> read_run(sqlite_connection& in, std::int64_t key);

/// Reads the status in the next column. Throws `error("store_corrupt")` likewise.
run_status read_status(query& row);

/// Returns the rows in the order of the keys.
std::vector<run_row> read_runs(sqlite_connection& in, const std::vector<std::int64_t>& keys);

} // namespace sluice
