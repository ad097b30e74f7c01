#pragma once

#include "model/run/lease.hpp"
#include "persistence/sqlite/sqlite_connection.hpp"
#include "persistence/store/run_rows.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

namespace sluice {

/// The columns of a run that stand in indexes and change.
struct queue_columns {
  run_status status = run_status::queued;
  std::int32_t priority = 0;
  utc_time available_at = {};
  bool owned = false;

  friend bool operator==(const queue_columns&, const queue_columns&) = default;
};

/// What is known of a run that has an owner: the next that happens to it is a write by that owner, which must
/// see all of it.
struct owned_run {
  std::optional<run_row> row = {};
  std::optional<lease_record> lease = {};
};

/// What is known of a run from the last look at it.
struct known_run {
  /// Never given twice in one file.
  std::int64_t key = 0;
  /// A hint: another process may have changed them since.
  std::optional<queue_columns> columns = {};
  /// The number of its last event, and what is known if it has an owner: as they are, not a hint.
  std::optional<std::uint64_t> last_event = {};
  std::unique_ptr<owned_run> owned = {};
  /// The look at which these two were taken.
  std::uint64_t look = 0;
};

/// Remembers runs that were met: their keys, so that child tables need not look them up in `runs` each time,
/// and of those in hand what a guard has to read.
class run_keys {
public:
  explicit run_keys(sqlite_connection& in) : in_(&in) {}

  /// Returns what is known of a run; nothing when there is no such run. The pointer is good until another run
  /// is looked for.
  known_run* find(const uuid& id);
  /// Returns its key. Throws `error("not_found")`.
  std::int64_t require(const uuid& id) { return require_run(id).key; }
  known_run& require_run(const uuid& id);
  /// A run that was just made: it has no events yet.
  void note_new(const uuid& id, std::int64_t key, const queue_columns& columns);
  /// After a transaction that was rolled back: its runs do not exist.
  void forget() noexcept {
    known_.clear();
    last_ = nullptr;
  }
  /// One that was removed.
  void forget(const uuid& id) noexcept;
  /// Others have written: only what cannot change is still known.
  void others_wrote() noexcept { ++look_; }

private:
  void keep_small();
  known_run& fresh(known_run& known) noexcept;

  sqlite_connection* in_;
  std::unordered_map<uuid, known_run> known_;
  /// What was found last: a run's rows are written one after the other.
  std::pair<const uuid, known_run>* last_ = nullptr;
  std::uint64_t look_ = 0;
};

} // namespace sluice
