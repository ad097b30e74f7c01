#include "model/base/error.hpp"
#include "persistence/sqlite/maintenance.hpp"
#include "persistence/sqlite/store_failure.hpp"
#include "persistence/sqlite/store_file.hpp"
#include "tests/support/forked_child.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/raw_database.hpp"
#include "tests/support/store_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <fstream>
#include <optional>
#include <string>
#include <sys/resource.h>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

/// A store that a test opens, closes and opens again.
struct reopened_backend {
  scratch_folder folder;
  sqlite_options options{folder.path() / "runs.db"};
  std::optional<sqlite_store> opened;
  void open() { opened.emplace(options, parse_utc_time("2026-11-21T11:59:59.000Z").value()); }
  void close() { opened.reset(); }
  store& get() { return *opened; }
};

struct trouble_scene : store_scene<reopened_backend> {
  trouble_scene() {
    backend.options.lock_wait = 50ms;
    backend.open();
  }

  const std::filesystem::path& path() const { return backend.options.path; }
  std::string count(const std::string& table) {
    return raw_database(path()).row("SELECT count(*) FROM " + table);
  }
  /// Submits until an error comes. Returns its code.
  std::string submit_until_error() {
    try {
      for (int i = 0; i < 100'000; ++i)
        submit_chain({"a", "b", "c"});
    } catch (const error& trouble) {
      return trouble.code();
    }
    return "none";
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sqlite_trouble, trouble_scene)

BOOST_AUTO_TEST_CASE(what_was_committed_is_there_after_opening_again) {
  const auto id = submit_chain({"a"});
  auto answer = claim(first);
  begin_running(*answer.run, first);
  const auto before = row(id);
  backend.close();
  backend.open();
  BOOST_TEST((row(id) == before));
  BOOST_TEST(story(id) == "RUN_CREATED RUN_PREPARING RUN_STARTED");
  begin_step(*answer.run, first, 0);
  BOOST_TEST((finish(*answer.run, first).status == run_status::succeeded));
}

BOOST_AUTO_TEST_CASE(a_process_that_is_killed_within_a_transaction_leaves_nothing_of_it) {
  const auto id = submit_chain({"a"});
  backend.close();
  for (int after = 0; after < 4; ++after) {
    forked_child child([&](forked_child&) {
      backend.open();
      in().begin();
      auto changed = *in().runs().find(id);
      changed.status = run_status::cancelling;
      const auto expected = changed.version++;
      if (after > 0)
        in().runs().update(changed, expected);
      if (after > 1)
        in().leases().put(id, {1, first, boot});
      auto events = number_events(id, 1, now, {{run_event_kind::step_log, json::parse("{}")}});
      if (after > 2)
        in().events().append(events);
      forked_child::die();
      return 0;
    });
    BOOST_TEST(child.wait() == 128 + SIGKILL);
    raw_database raw(path());
    BOOST_TEST(raw.row("SELECT status, version FROM runs") == "queued|1");
    BOOST_TEST(raw.row("SELECT count(*) FROM leases") == "0");
    BOOST_TEST(raw.row("SELECT count(*) FROM run_events") == "1");
  }
  backend.open();
  BOOST_TEST(claim(first).run.has_value());
}

BOOST_AUTO_TEST_CASE(what_a_killed_process_committed_last_is_kept) {
  backend.close();
  forked_child child([&](forked_child&) {
    backend.open();
    submit_chain({"a"});
    forked_child::die();
    return 0;
  });
  BOOST_TEST(child.wait() == 128 + SIGKILL);
  backend.open();
  BOOST_TEST(claim(first).run.has_value());
  BOOST_TEST(check_database(path()).empty());
}

BOOST_AUTO_TEST_CASE(processes_write_to_one_file_by_turns) {
  backend.close();
  constexpr std::uint64_t each = 60;
  const auto write = [&](std::uint64_t seed) {
    return [this, seed](forked_child&) {
      ids = uuid_maker([next = seed << 32]() mutable { return next++; });
      backend.options.lock_wait = 60s;
      backend.open();
      for (std::uint64_t i = 0; i < each; ++i)
        submit_chain({"a"});
      return 0;
    };
  };
  forked_child one(write(1));
  forked_child other(write(2));
  forked_child third(write(3));
  BOOST_TEST(one.wait() == 0);
  BOOST_TEST(other.wait() == 0);
  BOOST_TEST(third.wait() == 0);
  BOOST_TEST(count("runs") == std::to_string(3 * each));
  BOOST_TEST(raw_database(path()).row("SELECT count(DISTINCT id) FROM run_events") ==
             std::to_string(3 * each));
  BOOST_TEST(check_database(path()).empty());
}

BOOST_AUTO_TEST_CASE(a_full_database_is_said_to_be_full_and_goes_on_when_there_is_room) {
  backend.close();
  backend.options.page_limit = 80;
  backend.open();
  BOOST_TEST(submit_until_error() == "store_full");
  BOOST_TEST(submit_until_error() == "store_full");
  const auto before = count("runs");
  BOOST_TEST(before != "0");
  BOOST_TEST(count("run_events") == before);
  BOOST_TEST(commit([&] { return in().runs().list({}).size(); }) > 0u);
  backend.close();
  backend.options.page_limit.reset();
  backend.open();
  submit_chain({"a"});
  BOOST_TEST(check_database(path()).empty());
}

BOOST_AUTO_TEST_CASE(a_disk_without_room_is_an_error_and_nothing_acknowledged_is_lost) {
  backend.close();
  forked_child child([&](forked_child& self) {
    std::signal(SIGXFSZ, SIG_IGN);
    backend.open();
    const rlimit none{256 * 1024, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &none);
    int acknowledged = 0;
    std::string code;
    try {
      for (; acknowledged < 100'000; ++acknowledged)
        submit_chain({"a"});
    } catch (const error& trouble) {
      code = trouble.code();
    }
    if (code != "store_full")
      return 1;
    const rlimit plenty{RLIM_INFINITY, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &plenty);
    submit_chain({"a"});
    std::ofstream(backend.folder.path() / "acknowledged") << acknowledged + 1;
    self.tell();
    forked_child::die();
  });
  BOOST_TEST(child.wait() == 128 + SIGKILL);
  std::string acknowledged;
  std::ifstream(backend.folder.path() / "acknowledged") >> acknowledged;
  BOOST_TEST(count("runs") == acknowledged);
  BOOST_TEST(check_database(path()).empty());
}

BOOST_AUTO_TEST_CASE(a_database_that_others_keep_locked_is_an_error_until_they_let_go) {
  sqlite_store other(backend.options, now);
  other.begin();
  BOOST_CHECK_EXCEPTION(submit_chain({"a"}), error, has_code("store_locked"));
  other.roll_back();
  BOOST_CHECK_NO_THROW(submit_chain({"a"}));
  // A program that knows nothing of the line.
  raw_database stranger(path());
  stranger.run("BEGIN IMMEDIATE");
  BOOST_CHECK_EXCEPTION(submit_chain({"a"}), error, has_code("store_locked"));
  stranger.run("ROLLBACK");
  BOOST_CHECK_NO_THROW(submit_chain({"a"}));
}

BOOST_AUTO_TEST_CASE(a_commit_that_finds_the_log_long_enough_moves_it_into_the_database) {
  backend.close();
  backend.options.log_limit_pages = 40;
  backend.open();
  for (int i = 0; i < 100; ++i) {
    submit_chain({"a"});
    BOOST_TEST(backend.opened->log_pages() < 40u);
  }
  BOOST_TEST(std::filesystem::file_size(path().native() + "-wal") < 100u * 4096);
  BOOST_TEST(std::filesystem::file_size(path()) > 20u * 4096);
  BOOST_TEST(count("runs") == "100");
}

BOOST_AUTO_TEST_CASE(readers_see_commits_and_neither_wait_nor_write) {
  const auto id = submit_chain({"a"});
  auto options = backend.options;
  options.access = sqlite_access::read;
  sqlite_store reader(options, now);
  const auto version = reader.data_version();
  in().begin();
  {
    store_transaction look(reader);
    BOOST_TEST(reader.runs().find(id).has_value());
    BOOST_CHECK_EXCEPTION(reader.audit().append({}), error, has_code("store_read_only"));
  }
  in().commit();
  submit_chain({"b"});
  BOOST_TEST(reader.data_version() != version);
  store_transaction look(reader);
  BOOST_TEST(reader.runs().list({}).size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_file_that_was_moved_away_is_an_error_until_it_is_back) {
  submit_chain({"a"});
  const auto away = backend.folder.path() / "away.db";
  std::filesystem::rename(path(), away);
  BOOST_CHECK_EXCEPTION(submit_chain({"a"}), error, has_code("store_unavailable"));
  std::ofstream(path()) << "another file";
  BOOST_CHECK_EXCEPTION(submit_chain({"a"}), error, has_code("store_unavailable"));
  std::filesystem::rename(away, path());
  BOOST_CHECK_NO_THROW(submit_chain({"a"}));
  BOOST_TEST(count("runs") == "2");
}

BOOST_AUTO_TEST_CASE(a_file_that_goes_away_within_a_transaction_is_not_acknowledged) {
  submit_chain({"a"});
  in().begin();
  in().audit().append({0, now, "ann", "x", "y"});
  std::filesystem::remove(path());
  BOOST_CHECK_EXCEPTION(in().commit(), error, has_code("store_unavailable"));
}

BOOST_AUTO_TEST_CASE(a_removed_folder_is_an_error) {
  submit_chain({"a"});
  std::filesystem::remove_all(backend.folder.path());
  BOOST_CHECK_EXCEPTION(submit_chain({"a"}), error, has_code("store_unavailable"));
  backend.close();
  BOOST_CHECK_EXCEPTION(backend.open(), error, has_code("store_unavailable"));
}

BOOST_AUTO_TEST_CASE(a_damaged_page_is_an_error_and_the_check_names_it) {
  for (int i = 0; i < 50; ++i)
    submit_chain({"a"});
  backend.opened->checkpoint();
  const auto page =
      std::stoll(raw_database(path()).row("SELECT rootpage FROM sqlite_schema WHERE name = 'leases'"));
  backend.close();
  {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp((page - 1) * 4096);
    file << std::string(4096, '\xee');
  }
  backend.open();
  BOOST_CHECK_EXCEPTION(claim(first), error, has_code("store_corrupt"));
  const auto findings = check_database(path());
  BOOST_REQUIRE(!findings.empty());
  BOOST_TEST_MESSAGE(findings.front());
  BOOST_TEST(findings.front().find("Page " + std::to_string(page)) != std::string::npos);
  // What does not need the page goes on.
  BOOST_CHECK_NO_THROW(submit_chain({"a"}));
}

BOOST_AUTO_TEST_CASE(results_of_sqlite_have_codes) {
  BOOST_TEST(store_failure_code(SQLITE_FULL, 0) == "store_full");
  BOOST_TEST(store_failure_code(SQLITE_IOERR_WRITE, ENOSPC) == "store_full");
  BOOST_TEST(store_failure_code(SQLITE_IOERR_WRITE, EDQUOT) == "store_full");
  BOOST_TEST(store_failure_code(SQLITE_IOERR_WRITE, EIO) == "store_unavailable");
  BOOST_TEST(store_failure_code(SQLITE_IOERR_WRITE, EROFS) == "store_read_only");
  BOOST_TEST(store_failure_code(SQLITE_IOERR_FSYNC, EPERM) == "store_read_only");
  BOOST_TEST(store_failure_code(SQLITE_BUSY_SNAPSHOT, 0) == "store_locked");
  BOOST_TEST(store_failure_code(SQLITE_CORRUPT_INDEX, 0) == "store_corrupt");
  BOOST_TEST(store_failure_code(SQLITE_NOTADB, 0) == "store_corrupt");
  BOOST_TEST(store_failure_code(SQLITE_READONLY, 0) == "store_read_only");
  BOOST_TEST(store_failure_code(SQLITE_READONLY_DBMOVED, 0) == "store_unavailable");
  BOOST_TEST(store_failure_code(SQLITE_CANTOPEN, ENOENT) == "store_unavailable");
  BOOST_TEST(store_failure_code(SQLITE_CONSTRAINT_FOREIGNKEY, 0) == "internal");
}

BOOST_AUTO_TEST_CASE(a_failure_says_what_helps) {
  const auto said = [](int result, int system_error) {
    errno = system_error;
    try {
      throw_store_failure(nullptr, result, "runs.db", "commit");
    } catch (const error& failure) {
      return std::string(failure.what());
    }
  };
  BOOST_TEST(said(SQLITE_FULL, 0) ==
             "could not commit in runs.db: database or disk is full (SQLite 13); make room on its disk");
  BOOST_TEST(contains(said(SQLITE_BUSY, 0), "; end the program that keeps it locked"));
  BOOST_TEST(contains(said(SQLITE_NOTADB, 0), "; look at it with 'sluice db check' and bring back a backup"));
  BOOST_TEST(contains(said(SQLITE_READONLY, 0), "; let this user write the file and its folder"));
  BOOST_TEST(contains(said(SQLITE_IOERR_READ, EIO), ": Input/output error; look at its folder and disk"));
}

BOOST_AUTO_TEST_CASE(network_file_systems_are_known) {
  BOOST_TEST(is_network_file_system(0x6969));
  BOOST_TEST(is_network_file_system(0xff534d42));
  BOOST_TEST(!is_network_file_system(0xef53));     // ext4
  BOOST_TEST(!is_network_file_system(0x01021994)); // tmpfs
}

BOOST_AUTO_TEST_SUITE_END()
