#include "model/base/error.hpp"
#include "runtime/cli/moment.hpp"
#include "runtime/wire/lane_name.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace sluice;

namespace {

std::string resolved(const char* text, moment_side side = moment_side::future) {
  return to_string(resolve_moment(text, parse_utc_time("2026-11-21T12:00:00.000Z").value(), side));
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_moment)

BOOST_AUTO_TEST_CASE(a_time_may_be_written_short) {
  BOOST_TEST(resolved("2026-11-22") == "2026-11-22T00:00:00.000Z");
  BOOST_TEST(resolved("2026-11-22T08:30Z") == "2026-11-22T08:30:00.000Z");
  BOOST_TEST(resolved("2026-11-22T08:30:15Z") == "2026-11-22T08:30:15.000Z");
  BOOST_TEST(resolved("2026-11-22T08:30:15.250Z") == "2026-11-22T08:30:15.250Z");
}

BOOST_AUTO_TEST_CASE(a_duration_counts_to_the_side_that_makes_sense) {
  BOOST_TEST(resolved("10m") == "2026-11-21T12:10:00.000Z");
  BOOST_TEST(resolved("1h30m", moment_side::past) == "2026-11-21T10:30:00.000Z");
}

BOOST_AUTO_TEST_CASE(what_is_no_moment_is_refused) {
  for (const auto* wrong :
       {"", "soon", "2026-11-22T08:30", "2026-11-22T08:30:00", "2026-13-01", "2026-11-22T25:00Z",
        "2026-11-22T08:30:00+01:00", "20261122", "10", "2026-11-22 08:30Z", "-10m"}) {
    BOOST_TEST(!is_moment(wrong), wrong);
    BOOST_CHECK_EXCEPTION(resolved(wrong), error,
                          [](const error& refused) { return refused.code() == "bad_time"; });
  }
  BOOST_TEST(is_moment("2026-11-22T08:30Z"));
}

BOOST_AUTO_TEST_CASE(a_lane_may_be_written_without_its_env) {
  BOOST_TEST(to_string(parse_lane("builds")) == "default/builds");
  BOOST_TEST(to_string(parse_lane("prod/builds")) == "prod/builds");
  for (const auto* wrong : {"", "/", "a/", "/b", "a/b/c", "a b", "9"}) {
    BOOST_TEST(!lane_complaint(wrong).empty(), wrong);
    BOOST_CHECK_EXCEPTION(parse_lane(wrong), error,
                          [](const error& refused) { return refused.code() == "bad_lane"; });
  }
  BOOST_TEST(lane_complaint("prod/builds") == "");
}

BOOST_AUTO_TEST_SUITE_END()
