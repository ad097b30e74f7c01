#include "persistence/owners/host_clock.hpp"
#include "persistence/owners/owner_lock.hpp"
#include "persistence/owners/process_identity.hpp"
#include "tests/support/forked_child.hpp"
#include "tests/support/scratch_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <fstream>
#include <string>

using namespace sluice;

namespace {

lease_owner owner_of(std::uint64_t nonce) {
  return make_owner([nonce] { return nonce; });
}

/// Another process that holds the lock of an owner until it ends, and this one, which looks at it.
struct two_processes {
  scratch_folder folder;
  std::filesystem::path file = owners_file(folder.path() / "runs.db");
  forked_child other{[this](forked_child& self) {
    const owner_lock held(file, owner_of(2));
    std::ofstream(folder.path() / "owner") << to_string(held.owner());
    self.tell();
    ::pause();
    return 0;
  }};
  owner_lock mine{file, owner_of(1)};
  lease_owner its_owner = read_owner();

  lease_owner read_owner() const {
    other.await();
    std::string text;
    std::ifstream(folder.path() / "owner") >> text;
    return parse_lease_owner(text).value();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(owner_deaths, two_processes)

BOOST_AUTO_TEST_CASE(a_killed_process_is_dead_before_and_after_it_is_waited_for) {
  BOOST_TEST(!mine.is_dead(its_owner));
  other.signal(SIGKILL);
  // A zombie is dead: nobody need wait for its parent to look.
  while (process_lives(its_owner)) {
  }
  BOOST_TEST(mine.is_dead(its_owner));
  other.wait();
  BOOST_TEST(mine.is_dead(its_owner));
}

BOOST_AUTO_TEST_CASE(a_stopped_process_is_not_dead) {
  other.stop();
  BOOST_TEST(process_lives(its_owner));
  BOOST_TEST(!mine.is_dead(its_owner));
}

BOOST_AUTO_TEST_CASE(who_has_the_pid_of_a_dead_process_is_another) {
  auto earlier = its_owner;
  --earlier.start_time;
  BOOST_TEST(process_lives(its_owner));
  BOOST_TEST(!process_lives(earlier));
}

BOOST_AUTO_TEST_CASE(a_deleted_file_makes_no_living_process_look_dead_and_no_dead_one_alive) {
  std::filesystem::remove(file);
  BOOST_TEST(!mine.is_dead(its_owner));
  other.signal(SIGKILL);
  other.wait();
  BOOST_TEST(mine.is_dead(its_owner));
}

BOOST_AUTO_TEST_CASE(an_owner_is_this_process_on_this_boot) {
  const auto owner = owner_of(9);
  BOOST_TEST(owner.pid == ::getpid());
  BOOST_TEST(owner.start_time > 0u);
  BOOST_TEST(owner.nonce == 9u);
  BOOST_TEST(owner.boot_id == boot_now().boot_id);
  BOOST_TEST(process_lives(owner));
  // It started before this moment of the boot.
  const auto ticks = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  BOOST_TEST(std::chrono::seconds{owner.start_time / ticks} <= boot_now().since_boot);
}

BOOST_AUTO_TEST_CASE(clocks_of_the_host_go_on) {
  const auto clock = host_clock();
  const auto boot = clock.boot();
  const auto utc = clock.utc();
  BOOST_TEST((clock.boot().since_boot >= boot.since_boot));
  BOOST_TEST(host_boot_id().size() == 36u);
  // Long after this was written, and not in another unit.
  BOOST_TEST(to_string(utc).substr(0, 2) == "20");
}

BOOST_AUTO_TEST_SUITE_END()
