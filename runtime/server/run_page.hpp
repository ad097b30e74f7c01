#pragma once

#include "persistence/store/run_store.hpp"
#include "persistence/store/store.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// One page, newest first, and where the next one begins: rows that come meanwhile are on neither.
struct run_page {
  std::vector<run_row> runs;
  /// None: there are no more.
  std::optional<uuid> next;
};

/// Reads the query of `GET /api/v1/runs`. Throws `error("bad_query")`, `error("bad_cursor")`.
run_filter read_run_filter(std::string_view query);
/// Inside a transaction.
run_page find_run_page(store& in, const run_filter& wanted);
std::string run_page_json(const run_page& page);

} // namespace sluice
