#include "runtime/cli/run_list_pages.hpp"

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

/// Rows that are asked for at a time: a page is one read transaction.
constexpr std::size_t page_rows = 1'000;

} // namespace

run_list list_runs(runs_client& client, const run_list_wish& wish) {
  run_list result;
  auto page = wish.filter;
  page.since = wish.since;
  // One more than is wanted, so that it is known whether there are more.
  page.limit = std::min(wish.filter.limit, page_rows - 1) + 1;
  while (true) {
    auto rows = client.list(page);
    for (auto& row : rows) {
      // Ids are in order of creation, so all that follow are older.
      if (wish.since && row.created_at < *wish.since)
        return result;
      if (result.runs.size() == wish.filter.limit) {
        result.more = true;
        return result;
      }
      result.runs.push_back(std::move(row));
    }
    if (rows.size() < page.limit)
      return result;
    page.before = rows.back().id;
    page.limit = page_rows;
  }
}

} // namespace sluice
