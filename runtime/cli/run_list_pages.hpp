#pragma once

#include "runtime/cli/runs_client.hpp"

#include <optional>
#include <vector>

namespace sluice {

/// Which runs are wanted, newest first.
struct run_list_wish {
  /// `limit`: how many are wanted, at least 1.
  run_filter filter;
  /// Only runs that were created then or later.
  std::optional<utc_time> since;
};

struct run_list {
  std::vector<run_row> runs;
  /// There are more, before the last.
  bool more = false;
};

/// Returns the runs, page by page as the store has them.
run_list list_runs(runs_client& client, const run_list_wish& wish);

} // namespace sluice
