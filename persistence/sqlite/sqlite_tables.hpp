#pragma once

#include "persistence/sqlite/run_keys.hpp"
#include "persistence/sqlite/sqlite_connection.hpp"
#include "persistence/store/audit_store.hpp"
#include "persistence/store/event_store.hpp"
#include "persistence/store/lane_store.hpp"
#include "persistence/store/lease_store.hpp"
#include "persistence/store/rule_table.hpp"
#include "persistence/store/run_store.hpp"

namespace sluice {

/// Each is the table of its name in SQLite. A row of a run that is not there is refused: `not_found`.

class sqlite_steps final : public step_store {
public:
  sqlite_steps(sqlite_connection& in, run_keys& keys) : in_(&in), keys_(&keys) {}
  void put(const uuid& run, const step_row& step) override;
  std::vector<step_row> list(const uuid& run) override;
  std::size_t erase(const uuid& run) override;

private:
  bool insert(std::int64_t key, const step_row& step);
  bool update(std::int64_t key, const step_row& step);

  sqlite_connection* in_;
  run_keys* keys_;
};

class sqlite_commands final : public command_store {
public:
  sqlite_commands(sqlite_connection& in, run_keys& keys) : in_(&in), keys_(&keys) {}
  std::int64_t insert(const command_row& command) override;
  std::optional<command_row> undelivered(const uuid& run) override;
  void set_state(std::int64_t id, command_state state) override;
  std::vector<command_row> list(const uuid& run) override;
  std::vector<command_row> after(std::int64_t id, std::size_t limit) override;
  std::size_t erase(const uuid& run, std::size_t limit) override;
  std::int64_t last_id() override;

private:
  sqlite_connection* in_;
  run_keys* keys_;
};

class sqlite_events final : public event_store {
public:
  sqlite_events(sqlite_connection& in, run_keys& keys) : in_(&in), keys_(&keys) {}
  void append(std::vector<run_event>& events) override;
  std::vector<run_event> since(std::int64_t since, std::size_t limit) override;
  std::vector<run_event> of_run(const uuid& run, std::uint64_t since_seq, std::size_t limit) override;
  std::int64_t last_id() override;
  std::size_t erase(const uuid& run, std::size_t limit) override;
  std::int64_t removed_through() override;

private:
  void require_next(const run_event& event, known_run& known);

  sqlite_connection* in_;
  run_keys* keys_;
};

class sqlite_leases final : public lease_store {
public:
  sqlite_leases(sqlite_connection& in, run_keys& keys) : in_(&in), keys_(&keys) {}
  lease_record find(const uuid& run) override;
  void put(const uuid& run, const lease_record& lease) override;
  std::vector<lease_row> held(const uuid& after, std::size_t limit) override;
  std::vector<lease_row> expired(const boot_instant& now, std::size_t limit) override;
  std::size_t erase(const uuid& run) override;

private:
  bool insert(std::int64_t key, const lease_record& lease);
  void update_or_insert(std::int64_t key, const lease_record& lease);

  sqlite_connection* in_;
  run_keys* keys_;
};

class sqlite_lanes final : public lane_store {
public:
  explicit sqlite_lanes(sqlite_connection& in) : in_(&in) {}
  lane_row find(std::string_view env, std::string_view lane) override;
  std::vector<lane_row> list() override;
  void set_settings(std::string_view env, std::string_view lane, const lane_settings& settings) override;
  void set_usage(std::string_view env, std::string_view lane, const lane_usage& usage) override;

  /// Before a commit: writes the usage that was set.
  void write();
  /// After a transaction: the next one looks again.
  void forget() noexcept { met_.clear(); }

private:
  /// A lane that was looked at in this transaction: it may be looked at, and tick, once for each request in
  /// it, but is read and written once.
  struct met_lane {
    lane_row row;
    bool used = false;
  };

  met_lane& meet(std::string_view env, std::string_view lane);
  void write_usage(const lane_row& row);

  sqlite_connection* in_;
  std::vector<met_lane> met_;
};

class sqlite_rules final : public rule_table {
public:
  explicit sqlite_rules(sqlite_connection& in) : in_(&in) {}
  std::optional<rule_row> find(const std::string& id) override;
  std::vector<rule_row> list(const std::string& after, std::size_t limit) override;
  void put(const rule_row& row) override;
  bool erase(const std::string& id) override;

  std::optional<rule_state> state(const std::string& rule) override;
  std::vector<rule_state_row> states(const std::string& after, std::size_t limit) override;
  std::vector<rule_state_row> expired(utc_time now, std::size_t limit) override;
  void put_state(const std::string& rule, const rule_state& state) override;
  bool erase_state(const std::string& rule) override;

  std::int64_t append_change(const rule_change_row& change) override;
  std::vector<rule_change_row> changes(std::int64_t since, std::size_t limit) override;
  rule_change_range change_range() override;
  void forget_changes(std::int64_t last) override;

private:
  sqlite_connection* in_;
};

class sqlite_audit final : public audit_store {
public:
  explicit sqlite_audit(sqlite_connection& in) : in_(&in) {}
  std::int64_t append(const audit_row& row) override;
  std::vector<audit_row> since(std::int64_t since, std::size_t limit) override;
  std::int64_t last_id() override;
  std::size_t erase_before(utc_time moment, std::size_t limit) override;

private:
  sqlite_connection* in_;
};

} // namespace sluice
