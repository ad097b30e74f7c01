#include "model/base/rate_limiter.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using sluice::rate_limiter;

namespace {

/// Returns how many of `tries` events at `now` pass.
int passed(rate_limiter& limiter, int tries, std::chrono::nanoseconds now) {
  int count = 0;
  for (int i = 0; i < tries; ++i)
    count += limiter.allow(now);
  return count;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_rate_limiter)

BOOST_AUTO_TEST_CASE(lets_a_burst_through_and_then_one_per_period) {
  rate_limiter tested(3, 1s);
  BOOST_TEST(passed(tested, 10, 1000s) == 3);
  BOOST_TEST(passed(tested, 10, 1000s + 999ms) == 0);
  BOOST_TEST(passed(tested, 10, 1001s) == 1);
  BOOST_TEST(passed(tested, 10, 1003s) == 2);
}

BOOST_AUTO_TEST_CASE(saves_up_no_more_than_a_burst) {
  rate_limiter tested(3, 1s);
  BOOST_TEST(passed(tested, 10, 1000s) == 3);
  BOOST_TEST(passed(tested, 10, 100'000s) == 3);
}

BOOST_AUTO_TEST_CASE(never_passes_more_than_one_a_period_in_the_long_run) {
  rate_limiter tested(1, 10ms);
  int count = 0;
  for (auto now = 1000ms; now < 2000ms; now += 3ms)
    count += tested.allow(now);
  BOOST_TEST(count <= 100);
  BOOST_TEST(count >= 50);
}

BOOST_AUTO_TEST_CASE(works_from_the_very_start_of_the_clock) {
  rate_limiter tested(2, 1s);
  BOOST_TEST(passed(tested, 10, 0s) == 2);
}

BOOST_AUTO_TEST_CASE(counts_what_it_held_back_until_asked) {
  rate_limiter tested(2, 1s);
  BOOST_TEST(passed(tested, 7, 1000s) == 2);
  BOOST_TEST(tested.take_suppressed() == 5U);
  BOOST_TEST(tested.take_suppressed() == 0U);
  BOOST_TEST(passed(tested, 2, 1001s) == 1);
  BOOST_TEST(tested.take_suppressed() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
