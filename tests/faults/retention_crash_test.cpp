#include "persistence/operations/command_run.hpp"
#include "persistence/operations/create_run.hpp"
#include "persistence/owners/host_clock.hpp"
#include "persistence/sqlite/maintenance.hpp"
#include "persistence/sqlite/sqlite_store.hpp"
#include "tests/faults/worker_process.hpp"
#include "tests/support/raw_database.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/support/step_graphs.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds patience{60'000};

/// A database with runs that were over a month ago, one of them with many events, and workers on it that
/// keep things for a day.
struct retention_scene {
  scratch_folder folder;
  std::filesystem::path database = folder.path() / "runs.db";

  retention_scene() {
    const auto then = utc_now() - 30 * 24h;
    uuid_maker ids([next = std::uint64_t{0}]() mutable { return next++; });
    sqlite_store in({database}, then);
    for (const std::size_t count : {3'500, 3, 3}) {
      store_transaction transaction(in);
      run_submission submission;
      submission.graph = chain_of({"a"});
      const auto run = ids.make(then);
      create_run(in, submission, run, then);
      add_events(in, run, count, then);
      command_run(in, {run, run_command::cancel, "ann", "", false, then});
      transaction.commit();
    }
  }

  static void add_events(store& in, const uuid& run, std::size_t count, utc_time at) {
    auto row = in.runs().find(run).value();
    std::vector<run_event> events(count);
    for (auto& each : events)
      each = {0, run, ++row.last_seq, run_event_kind::step_log, at, json::parse("{}")};
    in.events().append(events);
    const auto seen = row.version++;
    in.runs().update(row, seen);
  }

  worker_process work(const std::string& more) {
    return {folder.path(), "stay", {"FAULT_KEEP_MS=86400000", more}};
  }
  std::string count_old() {
    return raw_database(database).row(
        "SELECT (SELECT count(*) FROM runs) + (SELECT count(*) FROM run_events) "
        "+ (SELECT count(*) FROM run_commands) + (SELECT count(*) FROM audit_log)");
  }
  void require_whole() {
    for (const auto& each : check_database(database))
      BOOST_ERROR(each);
  }

  /// A worker goes on until nothing is left.
  void finish() {
    auto next = work("SLUICE_FAULT=");
    for (const auto end = std::chrono::steady_clock::now() + patience;
         count_old() != "0" && std::chrono::steady_clock::now() < end;)
      BOOST_REQUIRE(!next.ends_within(20ms));
    BOOST_TEST(count_old() == "0");
    next.signal(SIGTERM);
    BOOST_TEST(next.wait() == 0);
    require_whole();
  }

  void die_at(const std::string& fault) {
    BOOST_TEST(work("SLUICE_FAULT=" + fault).wait() == 128 + SIGKILL);
    BOOST_TEST(count_old() != "0");
    require_whole();
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(retention_crashes)

BOOST_AUTO_TEST_CASE(a_worker_that_is_killed_while_it_ages_out_leaves_the_rest_to_the_next_one) {
  for (const std::string fault : {"aged_out:1", "aged_out:2", "aged_out:4"})
    BOOST_TEST_CONTEXT(fault) {
      retention_scene scene;
      scene.die_at(fault);
      scene.finish();
    }
}

BOOST_AUTO_TEST_CASE(workers_that_are_killed_one_after_the_other_each_remove_a_piece) {
  retention_scene scene;
  auto left = std::stoul(scene.count_old());
  for (int life = 0; life < 3; ++life) {
    // The first piece is committed then, the second is not.
    scene.die_at("aged_out:2");
    const auto now = std::stoul(scene.count_old());
    BOOST_TEST(now < left);
    left = now;
  }
  scene.finish();
}

BOOST_AUTO_TEST_SUITE_END()
