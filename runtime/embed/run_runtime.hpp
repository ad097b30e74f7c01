#pragma once

#include "actors/runs/event_bus_meters.hpp"
#include "actors/runs/run_meters.hpp"
#include "actors/runs/worker_options.hpp"
#include "actors/store/janitor_meters.hpp"
#include "model/base/log.hpp"
#include "model/run/retention.hpp"
#include "model/run/run_command.hpp"
#include "model/run/run_defaults.hpp"
#include "model/run/run_event.hpp"
#include "model/run/step_policy.hpp"
#include "model/run/submission.hpp"
#include "model/run/tick_rules.hpp"
#include "persistence/operations/command_run.hpp"
#include "persistence/operations/create_run.hpp"
#include "persistence/operations/run_view.hpp"
#include "persistence/owners/host_clock.hpp"
#include "persistence/requests/store_meters.hpp"
#include "persistence/store/lane_store.hpp"
#include "persistence/store/run_store.hpp"
#include "persistence/store/store.hpp"
#include "steps/step_runner.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace caf {
class actor_system;
}

namespace sluice {

struct run_readings;
struct shared_store;
namespace detail {
struct run_access;
}

/// What a runtime of durable runs is made with.
struct run_options {
  /// The database file; empty: everything is in memory and gone with the runtime.
  std::filesystem::path database = {};
  /// The kinds of step that runs may name; needed.
  std::shared_ptr<const step_registry> steps = {};
  /// Asked before each attempt begins; none: everything may.
  step_policy policy = {};
  /// How long a run stays with an owner that has stopped renewing its lease; above 0. Others wait that long
  /// when it dies.
  std::chrono::milliseconds lease_ttl = defaults::lease_ttl;
  /// Time that a step which is interrupted has to end.
  std::chrono::milliseconds step_grace = defaults::step_grace;
  /// Gets log lines; none: nobody does.
  log_sink log = {};
  /// Tests put in clocks of theirs; none: the host's.
  run_clock clock = {};
  /// Worker threads of the actor system; 0: one per core. In a host's system: ignored.
  std::size_t workers = 0;
  /// Longest wait for others who write to the database; then `store_locked`.
  std::chrono::milliseconds store_lock_wait = defaults::store_lock_wait;
  /// How long what is over is kept; by default for ever.
  retention_rules retention = {};
};

/// Hears every event once, in order. Called on a thread of the runtime; must return soon.
using event_listener = std::function<void(const std::vector<run_event>& events)>;

/// Durable runs: what users, servers and workers do with one database. Any thread, but none inside an actor:
/// calls wait for the store and throw `error` with its code (docs/durable-runs.md). Destroying it stops its
/// worker, hands back what is in hand and waits, with a bound.
class run_runtime {
public:
  /// Opens the database and reclaims what owners that are gone have left. Throws what opening a store does.
  explicit run_runtime(run_options settings);
  /// In a host's system, which must outlive this object.
  run_runtime(caf::actor_system& host, run_options settings);
  /// See above.
  ~run_runtime();
  run_runtime(const run_runtime&) = delete;
  run_runtime& operator=(const run_runtime&) = delete;

  /// The kinds of step that it was made with.
  const step_registry& steps() const noexcept;

  /// Makes a queued run. The submission has passed `check_submission`. Throws
  /// `error("idempotency_conflict")`.
  created_run submit(const run_submission& submission);
  /// The same without waiting: many that are under way together are committed together. The future has the
  /// answer, or throws.
  std::future<created_run> submit_async(const run_submission& submission);
  /// Makes a new run from one that is over, with `retry_of`. Throws `not_found`, `invalid_transition`.
  created_run retry(const uuid& run, const std::string& by);
  /// Throws `not_found`, `invalid_transition`.
  command_answer command(const uuid& run, run_command what, const std::string& by, const std::string& reason);

  /// The runs that `filter` lets pass, newest first, at most `filter.limit`.
  std::vector<run_row> list(const run_filter& filter);
  /// Everything about one run. Throws `not_found`.
  run_view show(const uuid& run);
  /// Events of one run after number `since_seq`. Throws `not_found`.
  std::vector<run_event> events(const uuid& run, std::uint64_t since_seq, std::size_t limit);
  /// Events of all runs after id `since`.
  std::vector<run_event> events(std::int64_t since, std::size_t limit);

  /// The lanes that were set, have ticked or have runs, by env and lane, with what they have used.
  std::vector<lane_row> lanes();
  /// What is set for a lane, or the defaults.
  lane_settings lane(const lane_queue& which);
  /// Sets it for every worker from now on; `by` is who wants it. Throws `error("bad_name")`.
  void set_lane(const lane_queue& which, const lane_settings& settings, const std::string& by);

  /// Takes one step of one run, if there is one to take, and waits for its end.
  tick_report tick_once(const lane_queue& from);

  /// Starts the worker; one at a time (`error("worker_busy")`).
  void start_worker(const worker_options& settings);
  /// Waits at most `time` until the worker has ended; its report then.
  std::optional<worker_report> wait_for_worker(std::chrono::nanoseconds time);
  /// Nothing new is claimed; steps under way may end within `grace`, then they are interrupted and their runs
  /// handed back. Returns at once.
  void stop_worker(std::chrono::milliseconds grace);

  /// Calls `listener` with every event after id `since`, of `run` or of all, first those that are there, then
  /// each as it is committed, by whatever process. Ends when the returned object goes; no call is under way
  /// then. It must go before a host's actor system does.
  class subscription {
  public:
    virtual ~subscription() = default;
  };
  /// See `subscription`.
  std::unique_ptr<subscription> subscribe(std::int64_t since, std::optional<uuid> run,
                                          event_listener listener);

  /// Work of one's own on the store: what persistence/operations offers. Not kept longer than it runs.
  using store_work = std::function<void(store& in, utc_time now)>;
  /// Called once, on a thread of the store: with nothing once the work is durable, else with why not. Must
  /// return soon and not throw.
  using work_ending = std::function<void(std::exception_ptr failure)>;
  /// Runs `work` in the writer's next transaction, or in a reading one that sees a single moment. Do not
  /// wait: for servers, whose network thread must not.
  void write_async(store_work work, work_ending done);
  /// See `write_async`.
  void read_async(store_work work, work_ending done);
  /// An id for `create_run` in a work of one's own.
  uuid new_run_id();
  /// What `command` does, without waiting.
  void command_async(const command_request& request,
                     std::function<void(command_answer, std::exception_ptr)> done);
  /// What `tick_once` does, without waiting; `done` is called on a thread of the actor system.
  void tick_async(const lane_queue& from, std::function<void(tick_report)> done);
  /// What its actors have counted since it began.
  const run_meters& meters() const noexcept;
  /// What went to the store and came from it.
  const store_meters& store_counts() const noexcept;
  /// Subscribers, and the events that they were handed.
  const event_bus_meters& bus_meters() const noexcept;
  /// What the rules of retention have removed.
  const janitor_meters& janitor_counts() const noexcept;
  /// From now on what is over is kept by these rules.
  void keep_by_rules(const retention_rules& rules);

private:
  friend struct detail::run_access;

  /// All counts, for somebody who may outlive this object (runtime/embed/run_exposition.hpp): expired when it
  /// is gone.
  std::weak_ptr<const run_readings> readings() const noexcept;
  /// For what else this process keeps in the same database (runtime/embed/shared_store.hpp).
  shared_store share_store() const;

  class implementation;
  std::unique_ptr<implementation> implementation_;
};

} // namespace sluice
