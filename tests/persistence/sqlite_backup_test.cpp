#include "model/base/error.hpp"
#include "persistence/sqlite/database_backup.hpp"
#include "persistence/sqlite/maintenance.hpp"
#include "persistence/sqlite/part_file.hpp"
#include "persistence/sqlite/sqlite_connection.hpp"
#include "tests/support/forked_child.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/raw_database.hpp"
#include "tests/support/store_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <fstream>
#include <future>
#include <string>
#include <sys/resource.h>
#include <thread>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

struct backup_scene : store_scene<sqlite_backend> {
  std::filesystem::path folder = backend.folder.path();
  std::filesystem::path path = folder / "runs.db";
  std::filesystem::path copy = folder / "copy.db";

  /// Writes so many rows of 1,000 characters.
  void write_rows(int count) {
    commit([&] {
      for (int i = 0; i < count; ++i)
        in().audit().append({0, now, std::string(1000, 'x'), "", ""});
      return 0;
    });
  }
  std::string count_rows(const std::filesystem::path& file) {
    return raw_database(file).row("SELECT count(*) FROM audit_log");
  }
  /// Files of the folder that are neither the database's nor `copy`.
  std::size_t count_leftovers() {
    std::size_t count = 0;
    for (const auto& each : std::filesystem::directory_iterator(folder))
      count += each.path().filename().native().rfind("runs.db", 0) != 0 && each.path() != copy;
    return count;
  }
  /// Returns the code of the error, empty when there is none.
  std::string back_up() {
    try {
      back_up_database(path, copy);
      return "";
    } catch (const error& trouble) {
      return trouble.code();
    }
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sqlite_backups, backup_scene)

BOOST_AUTO_TEST_CASE(a_backup_is_the_database_as_it_was_while_writing_goes_on) {
  const auto id = submit_chain({"a"});
  in().begin();
  back_up_database(path, copy);
  in().roll_back();
  submit_chain({"b"});
  BOOST_TEST(count_leftovers() == 0u);
  sqlite_store restored({copy}, now);
  store_transaction look(restored);
  BOOST_TEST(restored.runs().list({}).size() == 1u);
  BOOST_TEST((restored.runs().find(id) == row(id)));
  BOOST_TEST(check_database(copy).empty());
}

BOOST_AUTO_TEST_CASE(a_backup_replaces_nothing_and_needs_a_source) {
  std::ofstream(copy) << "mine";
  BOOST_CHECK_EXCEPTION(back_up_database(path, copy), error, has_code("backup_exists"));
  BOOST_TEST(std::filesystem::file_size(copy) == 4u);
  const auto nowhere = folder / "none" / "copy.db";
  BOOST_CHECK_EXCEPTION(back_up_database(path, nowhere), error, has_code("store_unavailable"));
  const auto other = folder / "other.db";
  BOOST_CHECK_EXCEPTION(back_up_database(folder / "none.db", other), error, has_code("store_unavailable"));
  BOOST_TEST(!std::filesystem::exists(other));
  BOOST_TEST(count_leftovers() == 0u);
}

BOOST_AUTO_TEST_CASE(who_may_read_the_database_may_read_its_backup) {
  std::filesystem::permissions(path, std::filesystem::perms{0640});
  back_up_database(path, copy);
  BOOST_TEST((std::filesystem::status(copy).permissions() == std::filesystem::perms{0640}));
}

BOOST_AUTO_TEST_CASE(of_those_who_back_up_to_one_file_at_once_one_succeeds_with_all_rows) {
  write_rows(5'000);
  for (int round = 0; round < 10; ++round) {
    std::array<std::future<std::string>, 3> all;
    std::atomic<std::size_t> waiting{all.size()};
    for (auto& each : all)
      each = std::async(std::launch::async, [&] {
        for (--waiting; waiting != 0;)
          std::this_thread::yield();
        return back_up();
      });
    int made = 0;
    for (auto& each : all) {
      const auto code = each.get();
      made += code.empty();
      BOOST_TEST((code.empty() || code == "backup_exists"), code);
    }
    BOOST_TEST(made == 1);
    BOOST_TEST(count_leftovers() == 0u);
    BOOST_TEST(check_database(copy).empty());
    BOOST_TEST(count_rows(copy) == "5000");
    for (const std::string suffix : {"", "-wal", "-shm"})
      std::filesystem::remove(copy.native() + suffix);
  }
}

BOOST_AUTO_TEST_CASE(a_file_that_appears_while_the_part_is_written_is_not_replaced) {
  part_file part(copy);
  std::ofstream(copy) << "mine";
  BOOST_TEST(!part.put_in_place());
  BOOST_TEST(std::filesystem::file_size(copy) == 4u);
  BOOST_TEST(std::filesystem::exists(part.path()));
}

BOOST_AUTO_TEST_CASE(a_copy_that_is_locked_all_the_time_is_an_error_and_no_empty_file) {
  write_rows(100);
  raw_database other(copy);
  other.run("BEGIN EXCLUSIVE");
  sqlite_connection from(sqlite_options{path, sqlite_access::read});
  BOOST_CHECK_EXCEPTION(copy_database(from, copy, 50ms), error, [&](const error& trouble) {
    const std::string text = trouble.what();
    return trouble.code() == "store_locked" && text.find(copy.native()) != std::string::npos &&
           text.find("end the program") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(a_copy_that_is_locked_for_a_while_is_waited_for) {
  write_rows(100);
  raw_database other(copy);
  other.run("BEGIN EXCLUSIVE");
  auto copied = std::async(std::launch::async, [&] {
    sqlite_connection from(sqlite_options{path, sqlite_access::read});
    copy_database(from, copy, 60s);
  });
  BOOST_TEST((copied.wait_for(50ms) == std::future_status::timeout));
  other.run("ROLLBACK");
  copied.get();
  BOOST_TEST(count_rows(copy) == "100");
}

BOOST_AUTO_TEST_CASE(a_source_that_is_locked_all_the_time_is_an_error_and_leaves_nothing) {
  write_rows(100);
  const auto locked = folder / "runs.db-locked";
  back_up_database(path, locked);
  raw_database other(locked);
  other.run("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE");
  sqlite_options options{locked, sqlite_access::read};
  options.lock_wait = 50ms;
  BOOST_CHECK_EXCEPTION(sqlite_connection{options}, error, has_code("store_locked"));
  other.run("ROLLBACK");
  sqlite_connection from(options);
  other.run("BEGIN EXCLUSIVE");
  BOOST_CHECK_EXCEPTION(copy_database(from, copy, 50ms), error, has_code("store_locked"));
}

BOOST_AUTO_TEST_CASE(a_backup_without_room_says_so_and_leaves_nothing) {
  write_rows(1'000);
  const int status = forked_child([&](forked_child&) {
                       ::signal(SIGXFSZ, SIG_IGN);
                       const rlimit small{100'000, 100'000};
                       ::setrlimit(RLIMIT_FSIZE, &small);
                       return back_up() == "store_full" ? 0 : 1;
                     }).wait();
  BOOST_TEST(status == 0);
  BOOST_TEST(!std::filesystem::exists(copy));
  BOOST_TEST(count_leftovers() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
