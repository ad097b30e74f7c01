#include "actors/rules/descriptor_watch.hpp"
#include "tests/support/actor_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <memory>
#include <unistd.h>

using namespace sluice;

namespace {

/// A pipe; what is written can be read at its other end.
class test_pipe {
public:
  test_pipe() { BOOST_REQUIRE(pipe(ends_.data()) == 0); }
  ~test_pipe() {
    close_reading();
    close(ends_[1]);
  }
  test_pipe(const test_pipe&) = delete;
  test_pipe& operator=(const test_pipe&) = delete;

  int reading() const { return ends_[0]; }
  void put() const { BOOST_REQUIRE(write(ends_[1], "x", 1) == 1); }
  void take() const {
    char c = 0;
    BOOST_REQUIRE(read(ends_[0], &c, 1) == 1);
  }
  void close_reading() {
    if (ends_[0] >= 0)
      close(ends_[0]);
    ends_[0] = -1;
  }

private:
  std::array<int, 2> ends_{-1, -1};
};

struct watch_scene {
  mailbox_of_test<int> called;
  std::optional<descriptor_watch> watch;

  watch_scene() {
    watch.emplace([this] { called.put(1); });
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(descriptor_watch_of_a_pipe, watch_scene)

BOOST_AUTO_TEST_CASE(it_calls_when_there_is_something_to_read) {
  const test_pipe pipe;
  watch->arm(pipe.reading());
  pipe.put();
  called.take();
}

BOOST_AUTO_TEST_CASE(it_calls_at_once_when_there_is_something_already) {
  const test_pipe pipe;
  pipe.put();
  watch->arm(pipe.reading());
  called.take();
}

BOOST_AUTO_TEST_CASE(it_calls_once_until_it_is_armed_again) {
  const test_pipe pipe;
  pipe.put();
  watch->arm(pipe.reading());
  called.take();
  pipe.put();
  const test_pipe other;
  other.put();
  watch->arm(other.reading());
  called.take();
  // Ends its thread: what it would still have called, it has called by then.
  watch.reset();
  BOOST_TEST(called.empty());
}

BOOST_AUTO_TEST_CASE(one_that_is_armed_again_calls_again) {
  const test_pipe pipe;
  for (int i = 0; i < 100; ++i) {
    watch->arm(pipe.reading());
    pipe.put();
    called.take();
    pipe.take();
  }
}

BOOST_AUTO_TEST_CASE(a_descriptor_that_was_closed_makes_room_for_the_next) {
  test_pipe gone;
  watch->arm(gone.reading());
  gone.close_reading();
  const test_pipe next; // most likely with the same number
  watch->arm(next.reading());
  next.put();
  called.take();
}

BOOST_AUTO_TEST_CASE(it_ends_without_anything_to_read) {
  const test_pipe pipe;
  watch->arm(pipe.reading());
  watch.reset();
  BOOST_TEST(called.empty());
}

BOOST_AUTO_TEST_SUITE_END()
