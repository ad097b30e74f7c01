#pragma once

#include "persistence/memory/undo_log.hpp"
#include "persistence/store/audit_store.hpp"
#include "persistence/store/event_store.hpp"
#include "persistence/store/lane_store.hpp"
#include "persistence/store/lease_store.hpp"
#include "persistence/store/run_store.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

/// Each is the table of its name in memory. Keys and references are as in `store`.

class memory_steps final : public step_store {
public:
  explicit memory_steps(undo_log& undo) : undo_(&undo) {}
  void put(const uuid& run, const step_row& step) override;
  std::vector<step_row> list(const uuid& run) override;
  std::size_t erase(const uuid& run) override;

private:
  undo_log* undo_;
  std::map<uuid, std::map<std::string, step_row>> steps_;
};

class memory_commands final : public command_store {
public:
  explicit memory_commands(undo_log& undo) : undo_(&undo) {}
  std::int64_t insert(const command_row& command) override;
  std::optional<command_row> undelivered(const uuid& run) override;
  void set_state(std::int64_t id, command_state state) override;
  std::vector<command_row> list(const uuid& run) override;
  std::vector<command_row> after(std::int64_t id, std::size_t limit) override;
  std::int64_t last_id() override { return last_id_; }
  std::size_t erase(const uuid& run, std::size_t limit) override;

private:
  undo_log* undo_;
  std::int64_t last_id_ = 0;
  /// By id.
  std::map<std::int64_t, command_row> rows_;
  std::map<uuid, std::vector<std::int64_t>> of_run_;
};

class memory_events final : public event_store {
public:
  explicit memory_events(undo_log& undo) : undo_(&undo) {}
  void append(std::vector<run_event>& events) override;
  std::vector<run_event> since(std::int64_t since, std::size_t limit) override;
  std::vector<run_event> of_run(const uuid& run, std::uint64_t since_seq, std::size_t limit) override;
  std::int64_t last_id() override { return last_id_; }
  std::size_t erase(const uuid& run, std::size_t limit) override;
  std::int64_t removed_through() override { return removed_through_; }

private:
  /// Returns the number of the first event in the list of a run's ids, which follow without gaps.
  std::uint64_t first_seq(const std::vector<std::int64_t>& ids) const { return rows_.at(ids.front()).seq; }

  undo_log* undo_;
  std::int64_t last_id_ = 0;
  std::int64_t removed_through_ = 0;
  /// By id.
  std::map<std::int64_t, run_event> rows_;
  std::map<uuid, std::vector<std::int64_t>> of_run_;
};

class memory_leases final : public lease_store {
public:
  explicit memory_leases(undo_log& undo) : undo_(&undo) {}
  lease_record find(const uuid& run) override;
  void put(const uuid& run, const lease_record& lease) override;
  std::vector<lease_row> held(const uuid& after, std::size_t limit) override;
  std::vector<lease_row> expired(const boot_instant& now, std::size_t limit) override;
  std::size_t erase(const uuid& run) override;

private:
  undo_log* undo_;
  std::map<uuid, lease_record> leases_;
};

class memory_lanes final : public lane_store {
public:
  explicit memory_lanes(undo_log& undo) : undo_(&undo) {}
  lane_row find(std::string_view env, std::string_view lane) override;
  std::vector<lane_row> list() override;
  void set_settings(std::string_view env, std::string_view lane, const lane_settings& settings) override;
  void set_usage(std::string_view env, std::string_view lane, const lane_usage& usage) override;

private:
  /// Returns the row, made if need be; it is put back as it was when the transaction is rolled back.
  lane_row& change(std::string_view env, std::string_view lane);

  undo_log* undo_;
  std::map<std::pair<std::string, std::string>, lane_row> lanes_;
};

class memory_audit final : public audit_store {
public:
  explicit memory_audit(undo_log& undo) : undo_(&undo) {}
  std::int64_t append(const audit_row& row) override;
  std::vector<audit_row> since(std::int64_t since, std::size_t limit) override;
  std::int64_t last_id() override { return last_id_; }
  std::size_t erase_before(utc_time moment, std::size_t limit) override;

private:
  undo_log* undo_;
  std::int64_t last_id_ = 0;
  /// By id.
  std::map<std::int64_t, audit_row> rows_;
};

} // namespace sluice
