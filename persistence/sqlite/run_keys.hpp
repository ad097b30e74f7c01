#pragma once

#include "persistence/sqlite/connection.hpp"
#include "persistence/store/run_rows.hpp"

#include <cstdint>
#include <optional>
#include <unordered_map>

namespace sluice {

/// The columns of a run that stand in indexes and change.
struct queue_columns {
  run_status status = run_status::queued;
  std::int32_t priority = 0;
  utc_time available_at = {};
  bool owned = false;

  friend bool operator==(const queue_columns&, const queue_columns&) = default;
};

/// What is known of a run from the last look at it.
struct known_run {
  /// Never given twice in one file.
  std::int64_t key = 0;
  /// A hint: another process may have changed them since.
  std::optional<queue_columns> columns = {};
};

/// Remembers the keys of runs that were met, so that child tables need not look them up in `runs` each time.
class run_keys {
public:
  explicit run_keys(connection& in) : in_(&in) {}

  /// Returns what is known of a run; nothing when there is no such run.
  known_run* find(const uuid& id);
  /// Returns its key. Throws `error("not_found")`.
  std::int64_t require(const uuid& id);
  void note(const uuid& id, std::int64_t key, const queue_columns& columns);
  /// After a transaction that was rolled back: its runs do not exist.
  void forget() { known_.clear(); }

private:
  void keep_small();

  connection* in_;
  std::unordered_map<uuid, known_run> known_;
};

} // namespace sluice
