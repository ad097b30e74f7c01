#include "model/base/error.hpp"
#include "persistence/operations/claim_run.hpp"
#include "persistence/sqlite/database_vacuum.hpp"
#include "persistence/sqlite/maintenance.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/raw_database.hpp"
#include "tests/support/store_scene.hpp"

#include <boost/test/unit_test.hpp>
#include <sqlite3.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t mebibyte = 1 << 20;

/// Looks, on a thread of its own, whether this process has a temporary file of SQLite's in a folder.
class temporary_file_watch {
public:
  explicit temporary_file_watch(const std::filesystem::path& folder)
      : wanted_(folder.native() + "/etilqs_"), thread_([this] { watch(); }) {}
  ~temporary_file_watch() { stop(); }

  bool has_seen_one() {
    stop();
    return seen_;
  }

private:
  void watch() {
    while (!stopped_) {
      std::error_code gone;
      for (const auto& each : std::filesystem::directory_iterator("/proc/self/fd", gone))
        if (std::filesystem::read_symlink(each.path(), gone).native().rfind(wanted_, 0) == 0)
          seen_ = true;
    }
  }
  void stop() {
    stopped_ = true;
    if (thread_.joinable())
      thread_.join();
  }

  std::string wanted_;
  std::atomic<bool> stopped_{false};
  std::atomic<bool> seen_{false};
  std::thread thread_;
};

struct vacuum_scene : store_scene<sqlite_backend> {
  std::filesystem::path path = backend.folder.path() / "runs.db";
  vacuum_limits limits;

  std::uint64_t bytes_on_disk() const {
    return std::filesystem::file_size(path) + std::filesystem::file_size(path.native() + "-wal");
  }
  /// Writes about so much.
  void fill(int mebibytes) {
    raw_database(path).run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
                           std::to_string(2 * mebibytes) +
                           ") INSERT INTO audit_log (at, actor, action, subject, detail) "
                           "SELECT '', hex(zeroblob(262144)), '', '', '' FROM n");
  }
  void empty() { raw_database(path).run("DELETE FROM audit_log"); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sqlite_vacuums, vacuum_scene)

BOOST_AUTO_TEST_CASE(a_vacuum_gives_room_back_and_keeps_the_rows) {
  fill(2);
  const auto id = submit_chain({"a"});
  empty();
  vacuum_database(path, boot);
  BOOST_TEST(std::filesystem::file_size(path) < mebibyte);
  BOOST_TEST((row(id).status == run_status::queued));
  submit_chain({"b"});
  BOOST_TEST(check_database(path).empty());
}

BOOST_AUTO_TEST_CASE(it_reports_the_sizes_of_the_files) {
  fill(2);
  empty();
  const auto before = bytes_on_disk();
  const auto report = vacuum_database(path, boot);
  BOOST_TEST(report.before == before);
  BOOST_TEST(report.before > 2 * mebibyte);
  BOOST_TEST(report.after == bytes_on_disk());
  BOOST_TEST(report.after < mebibyte);
  BOOST_TEST(report.log == 0u);
}

BOOST_AUTO_TEST_CASE(it_says_when_somebody_reads_so_that_the_log_keeps_its_room) {
  fill(2);
  raw_database reader(path);
  reader.run("BEGIN; SELECT count(*) FROM runs");
  const auto report = vacuum_database(path, boot);
  BOOST_TEST(report.log > 2 * mebibyte);
  BOOST_TEST(report.after == bytes_on_disk());
  reader.run("ROLLBACK");
  BOOST_TEST(vacuum_database(path, boot).log == 0u);
}

BOOST_AUTO_TEST_CASE(it_copies_through_a_file_beside_the_database_and_not_through_memory) {
  fill(120);
  sqlite3_memory_highwater(1);
  temporary_file_watch watch(backend.folder.path());
  vacuum_database(path, boot);
  BOOST_TEST(watch.has_seen_one());
  // Two caches of 32 MiB, and what they need besides.
  BOOST_TEST(static_cast<std::uint64_t>(sqlite3_memory_highwater(0)) < 90 * mebibyte);
  // As it was, for what else the process does.
  BOOST_TEST(raw_database(path).rows("PRAGMA temp_store_directory").empty());
}

BOOST_AUTO_TEST_CASE(without_room_for_two_copies_nothing_is_begun) {
  fill(2);
  const auto content = bytes_on_disk();
  std::filesystem::path asked;
  limits.room = [&](const std::filesystem::path& folder) {
    asked = folder;
    return content;
  };
  const auto log = std::filesystem::file_size(path.native() + "-wal");
  BOOST_CHECK_EXCEPTION(vacuum_database(path, boot, limits), error, has_code("vacuum_needs_room"));
  BOOST_TEST(asked == path.parent_path());
  BOOST_TEST(std::filesystem::file_size(path.native() + "-wal") == log);
  limits.room = [&](const std::filesystem::path&) { return room_for_vacuum(content); };
  vacuum_database(path, boot, limits);
}

BOOST_AUTO_TEST_CASE(what_it_says_it_needs_is_at_least_two_copies) {
  BOOST_TEST(room_for_vacuum(0) > 0u);
  // A page of 4096 bytes has a header of 24 in the log.
  BOOST_TEST(room_for_vacuum(4096 * 1'000'000ULL) > (4096 + 4096 + 24) * 1'000'000ULL);
  BOOST_TEST(free_room(path.parent_path()) > 0u);
  BOOST_CHECK_EXCEPTION(free_room(path.parent_path() / "none"), error, has_code("store_unavailable"));
}

BOOST_AUTO_TEST_CASE(while_runs_are_worked_on_only_as_much_is_copied_as_their_leases_last) {
  fill(2);
  submit_chain({"a"});
  BOOST_REQUIRE(claim(first).run.has_value());
  limits.bytes_beside_leases = mebibyte;
  BOOST_CHECK_EXCEPTION(vacuum_database(path, boot, limits), error, has_code("leases_held"));
  limits.force = true;
  vacuum_database(path, boot, limits);
  limits.force = false;
  limits.bytes_beside_leases = 4 * mebibyte;
  vacuum_database(path, boot, limits);
}

BOOST_AUTO_TEST_CASE(leases_that_are_over_or_of_another_boot_keep_nobody_waiting) {
  fill(2);
  submit_chain({"a"});
  BOOST_REQUIRE(claim(first).run.has_value());
  limits.bytes_beside_leases = mebibyte;
  vacuum_database(path, {"boot-2", boot.since_boot}, limits);
  wait(defaults::lease_ttl + 1s);
  vacuum_database(path, boot, limits);
}

BOOST_AUTO_TEST_SUITE_END()
