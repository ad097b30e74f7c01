#include "model/base/error.hpp"
#include "persistence/owners/host_clock.hpp"
#include "persistence/owners/owner_lock.hpp"
#include "persistence/owners/process_identity.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/scratch_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>

using namespace sluice;

namespace {

lease_owner owner_with(std::uint64_t nonce) {
  return make_owner([nonce] { return nonce; });
}

/// As an owner in another container is seen from here: no process here has this pid.
lease_owner unseen_owner(std::uint64_t nonce) {
  return {host_boot_id(), std::int64_t{1} << 40, 1, nonce};
}

struct owner_scene {
  scratch_folder folder;
  std::filesystem::path file = owners_file(folder.path() / "runs.db");
  owner_lock mine{file, owner_with(1)};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(owner_locks, owner_scene)

BOOST_AUTO_TEST_CASE(an_owner_is_not_dead_to_itself) {
  BOOST_TEST(!mine.is_dead(mine.owner()));
}

BOOST_AUTO_TEST_CASE(the_file_stands_beside_the_database) {
  BOOST_TEST(file.filename().native() == "runs.db.owners");
  BOOST_TEST(std::filesystem::exists(file));
}

BOOST_AUTO_TEST_CASE(another_boot_is_over) {
  auto other = owner_with(2);
  other.boot_id = "another";
  BOOST_TEST(mine.is_dead(other));
}

BOOST_AUTO_TEST_CASE(a_runtime_that_ended_in_a_living_process_is_not_proven_dead) {
  const auto other = owner_with(2);
  { const owner_lock ended(file, other); }
  BOOST_TEST(!mine.is_dead(other));
}

BOOST_AUTO_TEST_CASE(a_lock_alone_keeps_an_owner_alive_whose_process_cannot_be_seen) {
  const auto other = unseen_owner(7);
  BOOST_TEST(mine.is_dead(other));
  {
    const owner_lock held(file, other);
    BOOST_TEST(!mine.is_dead(other));
  }
  BOOST_TEST(mine.is_dead(other));
}

BOOST_AUTO_TEST_CASE(nonces_of_all_sizes_have_a_byte_of_their_own) {
  const auto low = unseen_owner(0);
  const auto high = unseen_owner((std::uint64_t{1} << 62) - 1);
  const owner_lock low_held(file, low);
  BOOST_TEST(!mine.is_dead(low));
  BOOST_TEST(mine.is_dead(high));
  const owner_lock high_held(file, high);
  BOOST_TEST(!mine.is_dead(high));
  BOOST_CHECK_EXCEPTION(owner_lock(file, unseen_owner(std::uint64_t{1} << 62)), error, has_code("internal"));
}

BOOST_AUTO_TEST_CASE(two_runtimes_of_one_process_see_each_other_alive) {
  owner_lock other(file, owner_with(2));
  BOOST_TEST(!mine.is_dead(other.owner()));
  BOOST_TEST(!other.is_dead(mine.owner()));
}

BOOST_AUTO_TEST_CASE(a_deleted_file_is_made_anew_and_locked_again) {
  owner_lock other(file, unseen_owner(7));
  std::filesystem::remove(file);
  // Only the lock is known of this owner, and it is not in the new file yet.
  BOOST_TEST(mine.is_dead(other.owner()));
  BOOST_TEST(std::filesystem::exists(file));
  other.keep();
  BOOST_TEST(!mine.is_dead(other.owner()));
  // The lock of the one that looked is in the new file, too.
  BOOST_CHECK_EXCEPTION(owner_lock(file, mine.owner()), error, has_code("internal"));
}

BOOST_AUTO_TEST_CASE(a_deleted_file_makes_no_process_look_dead) {
  owner_lock other(file, owner_with(2));
  std::filesystem::remove(file);
  BOOST_TEST(!mine.is_dead(other.owner()));
}

BOOST_AUTO_TEST_CASE(a_removed_folder_is_an_error_until_it_is_back) {
  std::filesystem::remove_all(folder.path());
  BOOST_CHECK_EXCEPTION(mine.is_dead(owner_with(2)), error, has_code("store_unavailable"));
  BOOST_CHECK_EXCEPTION(mine.keep(), error, has_code("store_unavailable"));
  std::filesystem::create_directory(folder.path());
  BOOST_CHECK_NO_THROW(mine.keep());
  BOOST_TEST(!mine.is_dead(owner_with(2)));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_written_is_an_error) {
  const auto other = folder.path() / "other.owners";
  std::filesystem::create_directory(other);
  BOOST_CHECK_EXCEPTION(owner_lock(other, owner_with(2)), error, has_code("store_unavailable"));
}

BOOST_AUTO_TEST_SUITE_END()
