#include "persistence/sqlite/writer_lock.hpp"
#include "tests/faults/immutable_file.hpp"
#include "tests/faults/trouble_scene.hpp"
#include "tests/support/forked_child.hpp"
#include "tests/support/raw_database.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>
#include <unistd.h>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

using real_clock = std::chrono::steady_clock;

/// How long the database is kept from its users: SLUICE_LOCK_SECONDS=60 for a long one.
std::chrono::milliseconds hold_time() {
  const char* const seconds = std::getenv("SLUICE_LOCK_SECONDS");
  return std::chrono::seconds{seconds == nullptr ? 1 : std::strtol(seconds, nullptr, 10)};
}

/// Less than the time for which it is locked.
std::chrono::milliseconds wait_for_lock() {
  return std::min<std::chrono::milliseconds>(defaults::store_lock_wait, hold_time() / 3);
}

/// Any program with SQLite, or one of ours that was stopped while it was writing.
enum class lock_kind { transaction, turn };

/// Another process that locks the database when it is told to, and lets go when it is killed. To be made
/// while this one has no threads.
class stranger {
public:
  stranger(const std::filesystem::path& database, lock_kind kind)
      : process_([database, kind](const forked_child& self) {
          sigset_t signals;
          sigemptyset(&signals);
          sigaddset(&signals, SIGUSR1);
          sigprocmask(SIG_BLOCK, &signals, nullptr);
          self.tell();
          int which = 0;
          sigwait(&signals, &which);
          return kind == lock_kind::turn ? keep_turn(self, database) : keep_transaction(self, database);
        }) {
    process_.await();
  }

  void lock() {
    process_.signal(SIGUSR1);
    process_.await();
  }
  void let_go() {
    process_.signal(SIGKILL);
    process_.wait();
  }

private:
  static int keep_turn(const forked_child& self, std::filesystem::path database) {
    writer_lock turn(database += ".lock");
    turn.acquire(1min);
    return keep(self);
  }
  static int keep_transaction(const forked_child& self, const std::filesystem::path& database) {
    raw_database raw(database);
    raw.run("PRAGMA busy_timeout = 60000; BEGIN IMMEDIATE");
    return keep(self);
  }
  static int keep(const forked_child& self) {
    self.tell();
    for (;;)
      ::pause();
  }

  forked_child process_;
};

struct lock_scene : trouble_scene {
  lock_scene() { options.store_lock_wait = wait_for_lock(); }

  /// Whoever writes is told why it cannot, in time, and whoever reads is not kept.
  void require_refused(const std::string& code) {
    const auto began = real_clock::now();
    BOOST_TEST(submit_until_error() == code);
    // Each waits for its turn, then for SQLite's lock; the rest is what a busy machine may take.
    BOOST_TEST((real_clock::now() - began < 4 * options.store_lock_wait + 20s));
    BOOST_TEST(!runtime->list({}).empty());
  }

  uuid begin_gate() {
    start();
    submit_one();
    const auto run = submit(one_gate);
    runtime->start_worker({});
    BOOST_REQUIRE(gates->await("a"));
    return run;
  }

  void require_works_on(const uuid& run) {
    await(run, run_status::succeeded);
    runtime->stop_worker(0ms);
    end_of_worker();
    require_goes_on();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(run_locks, lock_scene)

BOOST_AUTO_TEST_CASE(a_database_that_another_process_keeps_locked_cannot_be_opened_until_it_lets_go) {
  start();
  submit_one();
  runtime.reset();
  stranger other(options.database, lock_kind::transaction);
  other.lock();
  BOOST_CHECK_EXCEPTION(start(), error, has_code("store_locked"));
  other.let_go();
  start();
  require_goes_on();
}

BOOST_AUTO_TEST_CASE(a_database_that_another_process_locks_while_it_is_used_is_used_again_when_it_lets_go) {
  for (const auto kind : {lock_kind::transaction, lock_kind::turn}) {
    lock_scene scene;
    // The lease outlives the lock.
    scene.options.lease_ttl = 2 * hold_time() + 1min;
    stranger other(scene.options.database, kind);
    const auto run = scene.begin_gate();
    other.lock();
    const auto end = real_clock::now() + hold_time();
    do {
      scene.require_refused("store_locked");
      const auto tick = scene.runtime->tick_once(usual);
      BOOST_TEST((tick.outcome == tick_outcome::error));
      BOOST_TEST(tick.error_code == "store_locked");
    } while (real_clock::now() < end);
    // What ended meanwhile is written when there is a chance, and not done again.
    scene.gates->open("a");
    other.let_go();
    scene.require_works_on(run);
    BOOST_TEST(scene.gates->begun("a") == 1u);
  }
}

BOOST_AUTO_TEST_CASE(a_run_whose_lease_cannot_be_renewed_while_the_database_is_locked_is_begun_again) {
  // Longer than a slow machine takes to begin the step.
  options.lease_ttl = 3s;
  options.store_lock_wait = 100ms;
  stranger other(options.database, lock_kind::transaction);
  const auto run = begin_gate();
  other.lock();
  const auto end = real_clock::now() + 1min;
  while (runtime->meters().runs_given_up == 0)
    BOOST_REQUIRE((real_clock::now() < end));
  BOOST_TEST(gates->begun("a") == 1u);
  other.let_go();
  BOOST_REQUIRE(gates->await("a", 2));
  gates->open("a");
  require_works_on(run);
}

BOOST_AUTO_TEST_CASE(a_database_that_becomes_read_only_while_it_is_used_is_used_again_when_it_is_writable) {
  options.lease_ttl = 1min;
  const auto run = begin_gate();
  {
    immutable_file database(options.database);
    immutable_file log(options.database.native() + "-wal");
    if (!database.is_there() || !log.is_there()) {
      BOOST_TEST_MESSAGE("skipped: cannot make a file immutable here");
      gates->open("a");
    } else {
      require_refused("store_read_only");
      gates->open("a");
      require_refused("store_read_only");
    }
  }
  require_works_on(run);
  BOOST_TEST(gates->begun("a") == 1u);
}

BOOST_AUTO_TEST_CASE(
    a_folder_that_is_removed_while_a_step_is_under_way_ends_the_run_here_and_not_the_process) {
  options.lease_ttl = 1s;
  begin_gate();
  std::filesystem::remove_all(place);
  BOOST_TEST(submit_until_error() == "store_unavailable");
  BOOST_TEST(runtime->tick_once(usual).error_code == "store_unavailable");
  gates->open("a");
  runtime->stop_worker(0ms);
  end_of_worker();
  BOOST_TEST(runtime->meters().runs_given_up > 0u);
  runtime.reset();
  std::filesystem::create_directory(place);
  acknowledged.clear();
  start();
  require_goes_on();
}

BOOST_AUTO_TEST_SUITE_END()
