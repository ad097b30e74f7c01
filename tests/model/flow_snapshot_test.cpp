#include "model/flow/flow_snapshot.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <string>

namespace sluice {

BOOST_AUTO_TEST_SUITE(flow_snapshot_test)

BOOST_AUTO_TEST_CASE(every_status_has_its_own_name) {
  const std::vector<std::pair<flow_status, std::string>> expected = {
      {flow_status::starting, "starting"}, {flow_status::running, "running"},
      {flow_status::paused, "paused"},     {flow_status::draining, "draining"},
      {flow_status::finished, "finished"}, {flow_status::failed, "failed"},
      {flow_status::aborted, "aborted"},
  };
  for (const auto& [status, name] : expected)
    BOOST_TEST(to_string(status) == name);
}

BOOST_AUTO_TEST_CASE(bounds_go_from_a_microsecond_to_ten_seconds_in_steps_of_1_2_5_and_5) {
  const auto& bounds = latency_histogram::bounds();
  BOOST_TEST(bounds.size() == 22u);
  BOOST_TEST(bounds.front() == 1'000u);
  BOOST_TEST(bounds[1] == 2'500u);
  BOOST_TEST(bounds[2] == 5'000u);
  BOOST_TEST(bounds[3] == 10'000u);
  BOOST_TEST(bounds.back() == 10'000'000'000u);
  BOOST_TEST(std::is_sorted(bounds.begin(), bounds.end()));
  BOOST_TEST(std::set<std::uint64_t>(bounds.begin(), bounds.end()).size() == bounds.size());
}

BOOST_AUTO_TEST_CASE(counters_balance_only_when_both_identities_hold_and_the_depth_fits) {
  edge_counters counters;
  counters.capacity = 4;
  counters.offered = 10;
  counters.dropped = 1;
  counters.refused_type = 1;
  counters.refused_merge = 1;
  counters.accepted = 7;
  counters.delivered = 1;
  counters.replaced = 1;
  counters.coalesced = 1;
  counters.evicted = 1;
  counters.discarded = 1;
  counters.depth = 2;
  BOOST_TEST(counters.refused() == 2u);
  BOOST_TEST(counters.balanced());

  auto lost_before = counters;
  ++lost_before.offered;
  BOOST_TEST(!lost_before.balanced());

  auto lost_after = counters;
  --lost_after.depth;
  BOOST_TEST(!lost_after.balanced());

  auto too_deep = counters;
  too_deep.capacity = 1;
  BOOST_TEST(!too_deep.balanced());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice
