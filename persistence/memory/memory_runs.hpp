#pragma once

#include "model/run/tick_rules.hpp"
#include "persistence/memory/undo_log.hpp"
#include "persistence/store/run_store.hpp"

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace sluice {

/// `run_store` in memory, with the indices that SQLite has.
class memory_runs final : public run_store {
public:
  explicit memory_runs(undo_log& undo) : undo_(&undo) {}

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
  struct in_order {
    bool operator()(const queue_place& a, const queue_place& b) const noexcept { return comes_before(a, b); }
  };
  struct lane_index {
    std::set<queue_place, in_order> advance;
    std::set<queue_place, in_order> settle;
    std::set<uuid> owned;
    /// Runs of the lane in whatever status.
    std::size_t runs = 0;
  };
  struct entry {
    run_row row;
    run_body body;
  };

  lane_index& index_of(const run_row& run) { return lanes_[{run.env, run.lane}]; }
  void add_to_indices(const run_row& run);
  void remove_from_indices(const run_row& run);
  void replace(entry& old, const run_row& run);
  void add(const entry& what);
  void remove(const uuid& id);

  undo_log* undo_;
  std::map<uuid, entry> runs_;
  std::map<std::pair<std::string, std::string>, uuid> keys_;
  std::map<std::pair<std::string, std::string>, lane_index> lanes_;
  std::map<uuid, std::set<uuid>> children_;
};

} // namespace sluice
