#pragma once

#include "model/base/utc_time.hpp"
#include "persistence/sqlite/sqlite_options.hpp"
#include "persistence/store/store.hpp"

#include <cstdint>
#include <memory>

namespace sluice {

/// A store in an SQLite file (docs/schema.md). Any number of processes of one host may have the same file
/// open: writers take turns, readers (`sqlite_access::read`) are never in the way. What was committed
/// survives `kill -9` and the loss of power.
///
/// Besides what `store` says, calls throw `error` with `store_full`, `store_locked`, `store_corrupt`,
/// `store_read_only` or `store_unavailable`; after a rolled-back transaction the store can be used again once
/// the cause is gone.
class sqlite_store final : public store {
public:
  /// Opens the file. A writer makes it when it is not there, and brings an older schema up to date, as of
  /// `now`. Also throws `error` with `store_on_network`, `store_foreign` (a database of another program),
  /// `schema_newer`, `schema_older` (readers only) or `schema_changed`.
  sqlite_store(const sqlite_options& options, utc_time now);
  ~sqlite_store() override;

  void begin() override;
  void commit() override;
  void roll_back() noexcept override;
  bool last_commit_wrote() const noexcept override;

  run_store& runs() override;
  step_store& steps() override;
  command_store& commands() override;
  event_store& events() override;
  lease_store& leases() override;
  lane_store& lanes() override;
  audit_store& audit() override;
  rule_table& rules() override;

  std::int64_t data_version() override;
  /// Pages in the write-ahead log after this store's last commit.
  std::uint32_t log_pages() const noexcept;
  /// Outside a transaction, writers only: waits for the turn to write and moves the log into the database.
  /// Returns the pages that had to stay because somebody reads. For idle moments; without it a commit does so
  /// at `log_limit_pages`.
  std::uint32_t checkpoint();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace sluice
