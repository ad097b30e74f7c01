#include "model/base/error.hpp"
#include "persistence/sqlite/writer_lock.hpp"
#include "tests/support/forked_child.hpp"
#include "tests/support/scratch_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sstream>
#include <string>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

bool is_locked(const error& trouble) {
  return trouble.code() == "store_locked";
}

struct lock_scene {
  scratch_folder folder;
  std::filesystem::path path = folder.path() / "runs.db.lock";
  writer_lock mine{path};

  /// Looks until another process holds that byte.
  void await_holder_of(int place) const {
    const auto bytes = ":" + std::to_string(identity_of(path)->inode) + " " + std::to_string(place) + " " +
                       std::to_string(place) + "\n";
    for (std::string text; text.find(bytes) == text.npos;) {
      std::ifstream locks("/proc/locks");
      std::stringstream all;
      all << locks.rdbuf();
      text = all.str();
    }
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(writer_locks, lock_scene)

BOOST_AUTO_TEST_CASE(one_holds_it_at_a_time) {
  writer_lock other(path);
  mine.acquire(0ms);
  BOOST_TEST(mine.is_held());
  BOOST_CHECK_EXCEPTION(other.acquire(1ms), error, is_locked);
  mine.release();
  BOOST_CHECK_NO_THROW(other.acquire(0ms));
  BOOST_CHECK_EXCEPTION(mine.acquire(1ms), error, is_locked);
}

BOOST_AUTO_TEST_CASE(who_gave_up_is_in_nobody_s_way) {
  writer_lock other(path);
  writer_lock third(path);
  mine.acquire(0ms);
  BOOST_CHECK_EXCEPTION(other.acquire(1ms), error, is_locked);
  mine.release();
  BOOST_CHECK_NO_THROW(third.acquire(0ms));
}

BOOST_AUTO_TEST_CASE(it_goes_with_the_process_that_held_it) {
  forked_child holder([&](forked_child& self) {
    writer_lock held(path);
    held.acquire(0ms);
    self.tell();
    ::pause();
    return 0;
  });
  holder.await();
  BOOST_CHECK_EXCEPTION(mine.acquire(1ms), error, is_locked);
  holder.signal(SIGKILL);
  holder.wait();
  BOOST_CHECK_NO_THROW(mine.acquire(0ms));
}

BOOST_AUTO_TEST_CASE(those_who_wait_come_in_the_order_in_which_they_came) {
  mine.acquire(0ms);
  const auto come = [&](const char* name) {
    return [this, name](forked_child&) {
      // However slow this machine is, nobody counts as standing still.
      writer_lock lock(path, 60s);
      lock.acquire(60s);
      std::ofstream(folder.path() / "order", std::ios::app) << name;
      return 0;
    };
  };
  forked_child one(come("1"));
  await_holder_of(1);
  forked_child two(come("2"));
  await_holder_of(2);
  forked_child three(come("3"));
  await_holder_of(3);
  mine.release();
  BOOST_TEST(one.wait() + two.wait() + three.wait() == 0);
  std::ifstream order(folder.path() / "order");
  std::string text;
  order >> text;
  BOOST_TEST(text == "123");
}

BOOST_AUTO_TEST_CASE(a_stopped_process_in_line_holds_nobody_up) {
  mine.acquire(0ms);
  forked_child stopped([&](forked_child&) {
    writer_lock lock(path);
    lock.acquire(60s);
    return 0;
  });
  await_holder_of(1);
  stopped.stop();
  mine.release();
  writer_lock other(path);
  BOOST_CHECK_NO_THROW(other.acquire(10s));
  other.release();
  stopped.signal(SIGCONT);
  BOOST_TEST(stopped.wait() == 0);
}

BOOST_AUTO_TEST_CASE(a_lock_file_that_was_deleted_is_made_anew_and_still_shared) {
  std::filesystem::remove(path);
  mine.acquire(0ms);
  BOOST_TEST(std::filesystem::exists(path));
  writer_lock other(path);
  BOOST_CHECK_EXCEPTION(other.acquire(1ms), error, is_locked);
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_not_there_is_an_error) {
  BOOST_CHECK_EXCEPTION(writer_lock(folder.path() / "none" / "x.lock"), error,
                        [](const error& trouble) { return trouble.code() == "store_unavailable"; });
}

BOOST_AUTO_TEST_SUITE_END()
