#pragma once

#include "persistence/sqlite/run_keys.hpp"
#include "persistence/sqlite/sqlite_connection.hpp"
#include "persistence/store/run_store.hpp"

namespace sluice {

/// The tables `runs` and `run_state` in SQLite. What is looked for by lane, status or parent is found by
/// walking an index from the first row that matters (`runs_advance`, `runs_settle`, `runs_owned`,
/// `runs_listed`, `runs_parent`), however many rows there are.
class sqlite_runs final : public run_store {
public:
  sqlite_runs(sqlite_connection& in, run_keys& keys) : in_(&in), keys_(&keys) {}

  void insert(const run_row& run, const run_body& body) override;
  std::optional<run_row> find(const uuid& id) override;
  std::optional<run_body> body(const uuid& id) override;
  std::optional<run_row> find_by_key(std::string_view env, std::string_view key) override;
  bool update(const run_row& run, std::uint64_t expected) override;
  std::vector<run_row> due(const lane_queue& from, utc_time now, const std::vector<uuid>& except,
                           std::size_t limit) override;
  std::optional<utc_time> next_due(const lane_queue& from, utc_time now) override;
  std::optional<run_row> next_to_settle(const lane_queue& from) override;
  bool has_owned(const lane_queue& from) override;
  std::size_t count_owned(const lane_queue& from) override;
  std::vector<run_row> children(const uuid& parent) override;
  std::vector<run_row> list(const run_filter& filter) override;
  std::vector<lane_queue> lanes() override;
  run_counts count_by_status() override;
  std::vector<uuid> finished_before(utc_time moment, std::size_t limit) override;
  bool erase(const uuid& id) override;

private:
  static void note(const run_row& run, known_run& known);
  bool update_in_place(const run_row& run, std::uint64_t expected, const known_run& known);
  bool update_everywhere(const run_row& run, std::uint64_t expected, std::int64_t key);

  sqlite_connection* in_;
  run_keys* keys_;
};

} // namespace sluice
