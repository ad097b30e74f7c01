#pragma once

#include "persistence/sqlite/connection.hpp"
#include "persistence/sqlite/run_keys.hpp"
#include "persistence/store/audit_store.hpp"
#include "persistence/store/event_store.hpp"
#include "persistence/store/lane_store.hpp"
#include "persistence/store/lease_store.hpp"
#include "persistence/store/run_store.hpp"

namespace sluice {

/// Each is the table of its name in SQLite. A row of a run that is not there is refused: `not_found`.

class sqlite_steps final : public step_store {
public:
  sqlite_steps(connection& in, run_keys& keys) : in_(&in), keys_(&keys) {}
  void put(const uuid& run, const step_row& step) override;
  std::vector<step_row> list(const uuid& run) override;

private:
  bool insert(std::int64_t key, const step_row& step);
  bool update(std::int64_t key, const step_row& step);

  connection* in_;
  run_keys* keys_;
};

class sqlite_commands final : public command_store {
public:
  sqlite_commands(connection& in, run_keys& keys) : in_(&in), keys_(&keys) {}
  std::int64_t insert(const command_row& command) override;
  std::optional<command_row> undelivered(const uuid& run) override;
  void set_state(std::int64_t id, command_state state) override;
  std::vector<command_row> list(const uuid& run) override;
  std::vector<command_row> after(std::int64_t id, std::size_t limit) override;
  std::int64_t last_id() override;

private:
  connection* in_;
  run_keys* keys_;
};

class sqlite_events final : public event_store {
public:
  sqlite_events(connection& in, run_keys& keys) : in_(&in), keys_(&keys) {}
  void append(std::vector<run_event>& events) override;
  std::vector<run_event> since(std::int64_t since, std::size_t limit) override;
  std::vector<run_event> of_run(const uuid& run, std::uint64_t since_seq, std::size_t limit) override;
  std::int64_t last_id() override;

private:
  void require_next(const run_event& event, known_run& known);

  connection* in_;
  run_keys* keys_;
};

class sqlite_leases final : public lease_store {
public:
  sqlite_leases(connection& in, run_keys& keys) : in_(&in), keys_(&keys) {}
  lease_record find(const uuid& run) override;
  void put(const uuid& run, const lease_record& lease) override;
  std::vector<lease_row> held(const uuid& after, std::size_t limit) override;
  std::vector<lease_row> expired(const boot_instant& now, std::size_t limit) override;

private:
  bool insert(std::int64_t key, const lease_record& lease);
  void update_or_insert(std::int64_t key, const lease_record& lease);

  connection* in_;
  run_keys* keys_;
};

class sqlite_lanes final : public lane_store {
public:
  explicit sqlite_lanes(connection& in) : in_(&in) {}
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

  connection* in_;
  std::vector<met_lane> met_;
};

class sqlite_audit final : public audit_store {
public:
  explicit sqlite_audit(connection& in) : in_(&in) {}
  std::int64_t append(const audit_row& row) override;
  std::vector<audit_row> since(std::int64_t since, std::size_t limit) override;
  std::int64_t last_id() override;

private:
  connection* in_;
};

} // namespace sluice
