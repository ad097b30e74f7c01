#pragma once

#include "persistence/store/lane_queue.hpp"
#include "persistence/store/run_rows.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

/// Which runs a list shows, newest first. Empty parts do not restrict.
struct run_filter {
  std::string env = {};
  std::string lane = {};
  std::optional<run_status> status = {};
  /// Only runs made before this one: where the last page ended.
  uuid before = {};
  std::size_t limit = 100;
  /// Only runs made at or after this moment, by the time in their ids: ids of one maker never go back, so a
  /// page ends there whatever the clock did.
  std::optional<utc_time> since = {};
  std::string job_type = {};
};

/// How many runs there are, by status as in `run_status`.
using run_counts = std::array<std::uint64_t, run_status_count>;

/// The tables `runs` and `run_state`'s bodies. All calls are inside a transaction of the `store`.
class run_store {
public:
  /// Throws `error("duplicate_id")`, or `error("duplicate_key")` when env and idempotency key are taken.
  virtual void insert(const run_row& run, const run_body& body) = 0;
  virtual std::optional<run_row> find(const uuid& id) = 0;
  virtual std::optional<run_body> body(const uuid& id) = 0;
  virtual std::optional<run_row> find_by_key(std::string_view env, std::string_view key) = 0;

  /// Replaces the row by `run`, with its version, if the version there is still `expected`. What was fixed
  /// when the run was made (its place, kind, relations, key and digest) must be as it was. Returns false, and
  /// changes nothing, when the run is not there or has another version.
  virtual bool update(const run_row& run, std::uint64_t expected) = 0;

  /// Returns the next runs of a lane, at most `limit`, that are queued, preparing or running, not owned and
  /// due, by `comes_before`, leaving out `except`.
  virtual std::vector<run_row> due(const lane_queue& from, utc_time now, const std::vector<uuid>& except,
                                   std::size_t limit) = 0;
  /// Returns the first of them.
  std::optional<run_row> next_to_advance(const lane_queue& from, utc_time now,
                                         const std::vector<uuid>& except) {
    auto found = due(from, now, except, 1);
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
  }
  /// Returns when the next run of a lane that is queued, preparing or running, and not owned, becomes due:
  /// the earliest `available_at` after `now`. Nothing: none will without being written.
  virtual std::optional<utc_time> next_due(const lane_queue& from, utc_time now) = 0;
  /// Returns the next run of a lane that is pausing or cancelling and not owned.
  virtual std::optional<run_row> next_to_settle(const lane_queue& from) = 0;
  /// Returns whether a run of the lane that has work is owned.
  virtual bool has_owned(const lane_queue& from) = 0;
  /// Returns how many runs of the lane are owned.
  virtual std::size_t count_owned(const lane_queue& from) = 0;
  /// Returns the runs spawned by `parent`, by id.
  virtual std::vector<run_row> children(const uuid& parent) = 0;
  /// Returns a page, newest first by id.
  virtual std::vector<run_row> list(const run_filter& filter) = 0;
  /// Returns the lanes that have runs, in whatever status, by env and lane.
  virtual std::vector<lane_queue> lanes() = 0;
  /// Returns how many runs there are in each status. Looks at an entry of an index for each run: some 50 ms
  /// for a million.
  virtual run_counts count_by_status() = 0;
  /// Returns runs that came to an end before `moment`, nobody's, at most `limit`, of each lane and end the
  /// oldest first.
  virtual std::vector<uuid> finished_before(utc_time moment, std::size_t limit) = 0;
  /// Removes a run whose steps, commands, events and lease are gone already. Returns whether it was there.
  virtual bool erase(const uuid& id) = 0;

protected:
  ~run_store() = default;
};

/// The table `run_steps`.
class step_store {
public:
  /// Inserts or replaces.
  virtual void put(const uuid& run, const step_row& step) = 0;
  /// Returns the rows of a run, by step.
  virtual std::vector<step_row> list(const uuid& run) = 0;
  /// Removes the rows of a run and returns how many there were.
  virtual std::size_t erase(const uuid& run) = 0;

protected:
  ~step_store() = default;
};

/// The table `run_commands`.
class command_store {
public:
  /// Returns the new row's id.
  virtual std::int64_t insert(const command_row& command) = 0;
  /// Returns the command of a run that waits to be delivered; there is one at most.
  virtual std::optional<command_row> undelivered(const uuid& run) = 0;
  /// Throws `error("not_found")`.
  virtual void set_state(std::int64_t id, command_state state) = 0;
  /// Returns the commands of a run, oldest first.
  virtual std::vector<command_row> list(const uuid& run) = 0;
  /// Returns the commands after `id`, oldest first: for the change watcher.
  virtual std::vector<command_row> after(std::int64_t id, std::size_t limit) = 0;
  /// Removes the oldest rows of a run, at most `limit`, and returns how many these were.
  virtual std::size_t erase(const uuid& run, std::size_t limit) = 0;
  /// Returns the id of the newest command, 0 when there is none.
  virtual std::int64_t last_id() = 0;

protected:
  ~command_store() = default;
};

} // namespace sluice
