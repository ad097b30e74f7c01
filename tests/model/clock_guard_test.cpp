#include "model/run/clock_guard.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

constexpr auto month = 30 * 24h;

/// Both clocks, which a test moves.
struct clock_scene {
  clock_guard guard;
  utc_time wall = parse_utc_time("2026-11-21T12:00:00.000Z").value();
  std::chrono::nanoseconds boot = 100s;

  void wait(std::chrono::milliseconds time) {
    wall += time;
    boot += time;
  }
  std::optional<std::chrono::milliseconds> look(std::chrono::milliseconds rule = month) {
    return guard.look(wall, boot, rule);
  }
  bool is_believed(std::chrono::milliseconds rule = month) { return !look(rule).has_value(); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(clock_guards, clock_scene)

BOOST_AUTO_TEST_CASE(clocks_that_go_on_together_are_believed_however_long_the_pause) {
  for (const std::chrono::milliseconds pause : {1ms, 60'000ms, 86'400'000ms * 365}) {
    BOOST_TEST(is_believed());
    wait(pause);
  }
  BOOST_TEST(is_believed());
}

BOOST_AUTO_TEST_CASE(a_wall_clock_that_was_set_forth_is_not_believed_and_it_is_said_by_how_much) {
  look();
  wait(60s);
  wall += month;
  const auto moved = look();
  BOOST_REQUIRE(moved.has_value());
  BOOST_TEST((*moved == month));
  wait(1h);
  BOOST_TEST((look() == moved));
}

BOOST_AUTO_TEST_CASE(it_is_believed_at_once_when_it_is_back) {
  look();
  wall += month;
  BOOST_TEST(!is_believed());
  wait(1h);
  wall -= month;
  BOOST_TEST(is_believed());
  wait(60s);
  BOOST_TEST(is_believed());
}

BOOST_AUTO_TEST_CASE(a_new_time_that_holds_for_a_day_is_the_right_one) {
  look();
  wall += month;
  for (int hour = 0; hour < 24; ++hour) {
    BOOST_TEST(!is_believed(), hour << " hours later");
    wait(1h);
  }
  BOOST_TEST(is_believed());
  wait(60s);
  BOOST_TEST(is_believed());
}

BOOST_AUTO_TEST_CASE(a_short_rule_needs_no_day) {
  look(10min);
  wall += 1h;
  BOOST_TEST(!is_believed(10min));
  wait(9min);
  BOOST_TEST(!is_believed(10min));
  wait(1min);
  BOOST_TEST(is_believed(10min));
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_set_again_meanwhile_has_to_hold_anew) {
  look();
  wall += month;
  look();
  wait(23h);
  wall += month;
  const auto moved = look();
  BOOST_REQUIRE(moved.has_value());
  BOOST_TEST((*moved == 2 * month));
  wait(23h);
  BOOST_TEST(!is_believed());
  wait(1h);
  BOOST_TEST(is_believed());
}

BOOST_AUTO_TEST_CASE(one_that_was_set_back_is_not_believed_either_so_that_its_return_is_no_leap) {
  look();
  wall -= month;
  BOOST_TEST((look() == -month));
  wait(1h);
  wall += month;
  BOOST_TEST(is_believed());
}

BOOST_AUTO_TEST_CASE(a_tenth_of_the_shortest_rule_passes_and_at_least_a_minute) {
  look();
  wall += 3 * 24h;
  BOOST_TEST(is_believed());
  wall += 3 * 24h + 1s;
  BOOST_TEST(!is_believed());
  wall -= 3 * 24h + 1s;
  BOOST_TEST(is_believed(10ms));
  wall += 1min;
  BOOST_TEST(is_believed(10ms));
}

BOOST_AUTO_TEST_CASE(what_is_slewed_adds_up_to_nothing) {
  for (int look = 0; look < 1'000; ++look) {
    BOOST_TEST(is_believed(10min));
    wait(1min);
    wall += 1s;
  }
}

BOOST_AUTO_TEST_SUITE_END()
