#include "tests/actors_runs/run_runtime_scene.hpp"
#include "tests/faults/crashed_runs.hpp"
#include "tests/faults/fault_steps.hpp"
#include "tests/faults/worker_process.hpp"
#include "tests/support/raw_database.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

using std::chrono::nanoseconds;
using real_clock = std::chrono::steady_clock;

const lane_queue first_lane{"default", "default"};

/// Longest wait for what ought to happen soon.
constexpr std::chrono::seconds patience{30};

/// A wall clock that tests set, beside the host's CLOCK_BOOTTIME.
struct wall_clock {
  std::atomic<std::int64_t> ahead_ms{0};

  run_clock clock() {
    return {[this] { return utc_now() + std::chrono::milliseconds{ahead_ms}; }, boot_now};
  }
};

/// A process that has a run in hand, seen by a runtime whose CLOCK_BOOTTIME stands still until it is set; 0:
/// it is the host's.
struct takeover_scene {
  scratch_folder folder;
  std::filesystem::path database = folder.path() / "runs.db";
  std::atomic<std::int64_t> boot_ns{boot_now().since_boot.count()};
  std::shared_ptr<step_registry> steps =
      fault_steps(std::make_shared<worker_hands>(), worker_process::program());
  std::optional<run_runtime> runtime;
  uuid run;
  std::optional<worker_process> owner;

  /// `lease`: the owner's, in which a slow machine begins the step. The runtime's own never ends for a
  /// process whose clock goes on.
  explicit takeover_scene(std::chrono::milliseconds lease = 3s) {
    run_options options;
    options.database = database;
    options.steps = steps;
    options.lease_ttl = 5min;
    options.workers = 2;
    options.clock = {utc_now, [this] {
                       auto now = boot_now();
                       if (boot_ns != 0)
                         now.since_boot = nanoseconds{boot_ns};
                       return now;
                     }};
    runtime.emplace(options);
    run_submission submission;
    // The first attempt does not end by itself.
    submission.graph =
        fault_graph(*steps, R"({"version": 1, "steps": {"a": {"kind": "exec", "params": {"argv":)"
                            R"(["/bin/sh", "-c", "[ $SLUICE_ATTEMPT -gt 1 ] || exec sleep 600"]}}}})");
    run = runtime->submit(submission).id;
    owner.emplace(folder.path(), "stay",
                  std::vector<std::string>{"FAULT_LEASE_MS=" + std::to_string(lease.count())});
    await_attempt();
  }

  void await_attempt() {
    const auto end = real_clock::now() + patience;
    while (row("SELECT count(*) FROM run_steps WHERE status = 'running'") != "1" && real_clock::now() < end)
      BOOST_REQUIRE(!owner->ends_within(10ms));
  }

  std::string row(const std::string& select) { return raw_database(database).row(select); }
  nanoseconds expiry() { return nanoseconds{std::stoll(row("SELECT expires_ns FROM leases"))}; }

  tick_outcome tick() { return runtime->tick_once(first_lane).outcome; }
  /// Looks for a while of real time, in which owners that are gone are looked for several times.
  bool is_held_for(std::chrono::milliseconds time) {
    for (const auto end = real_clock::now() + time; real_clock::now() < end;)
      if (tick() != tick_outcome::idle_lease_held)
        return false;
    return true;
  }
  bool is_taken_over() {
    for (const auto end = real_clock::now() + patience; real_clock::now() < end;)
      if (tick() == tick_outcome::ticked)
        return true;
    return false;
  }

  void require_whole() {
    BOOST_TEST(row("SELECT status FROM runs") == "succeeded");
    BOOST_TEST(row("SELECT attempts FROM run_steps") == "2");
    BOOST_TEST(row("SELECT count(*) FROM run_events WHERE kind = 'STEP_LOST'") == "1");
    runtime.reset();
    for (const auto& each : what_is_wrong(folder.path(), 1))
      BOOST_ERROR(each);
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(run_clocks)

BOOST_AUTO_TEST_CASE(a_wall_clock_that_jumps_an_hour_back_and_forth_ends_no_lease_early) {
  // Longer lived than the scenes, whose runtimes ask them.
  wall_clock of_owner;
  wall_clock of_other;
  runtime_scene<runs_in_file> scene;
  scene.options.lease_ttl = 5s;
  scene.options.clock = of_owner.clock();
  auto& owner = scene.start();
  const auto run = scene.submit(one_gate);
  owner.start_worker({});
  BOOST_REQUIRE(scene.gates->await("a"));
  auto options = scene.options;
  options.clock = of_other.clock();
  run_runtime other(options);
  // Two leases long.
  const auto end = boot_now().since_boot + 2 * scene.options.lease_ttl;
  constexpr std::int64_t hour = 3'600'000;
  for (std::int64_t turn = 0; boot_now().since_boot < end; ++turn) {
    of_owner.ahead_ms = (turn % 3 - 1) * hour;
    of_other.ahead_ms = (turn % 2 == 0 ? 1 : -1) * hour;
    if (other.tick_once(first_lane).outcome != tick_outcome::idle_lease_held) {
      BOOST_ERROR("taken from an owner who lives");
      break;
    }
  }
  scene.gates->open("a");
  scene.await(run, run_status::succeeded);
  BOOST_TEST(scene.gates->begun("a") == 1u);
  owner.stop_worker(0ms);
  BOOST_TEST(scene.end_of_worker().succeeded == 1u);
  BOOST_TEST(raw_database(scene.options.database).row("SELECT token FROM leases") == "1");
}

BOOST_AUTO_TEST_CASE(a_killed_owners_run_is_taken_over_at_once) {
  // Owners are looked for again and again: one's lock may outlive it in a child that has not begun yet.
  takeover_scene scene(5min);
  scene.boot_ns = 0;
  scene.owner->kill();
  const auto end_of_lease = scene.expiry();
  BOOST_TEST(scene.is_taken_over());
  BOOST_TEST((boot_now().since_boot < end_of_lease));
  scene.require_whole();
}

BOOST_FIXTURE_TEST_CASE(a_stopped_owners_run_is_taken_over_after_its_lease_and_not_before, takeover_scene) {
  owner->stop();
  const auto end_of_lease = expiry();
  boot_ns = (end_of_lease - 1ms).count();
  BOOST_TEST(is_held_for(500ms));
  BOOST_TEST(row("SELECT token FROM leases") == "1");
  // Owners are looked for every half second.
  boot_ns = (end_of_lease + 1s).count();
  BOOST_TEST(is_taken_over());
  // When it goes on it finds that it has lost the run, and leaves it alone.
  owner->signal(SIGCONT);
  owner->signal(SIGTERM);
  BOOST_TEST(owner->wait() == 0);
  require_whole();
}

BOOST_AUTO_TEST_SUITE_END()
