#include "model/run/tick_rules.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

uuid id(std::uint8_t number) {
  uuid result;
  result.bytes[15] = number;
  return result;
}

const utc_time evening = parse_utc_time("2026-11-21T23:59:59.999Z").value();

} // namespace

BOOST_AUTO_TEST_SUITE(tick_rules)

BOOST_AUTO_TEST_CASE(every_view_of_a_lane_has_one_outcome) {
  for (int bits = 0; bits < 64; ++bits) {
    lane_view view;
    view.enabled = (bits & 1) != 0;
    view.cap_reached = (bits & 2) != 0;
    view.has_settling = (bits & 4) != 0;
    view.has_claimable = (bits & 8) != 0;
    view.has_capped = (bits & 16) != 0;
    view.has_held = (bits & 32) != 0;
    std::string expected = "idle_no_runs";
    if (view.has_held)
      expected = "idle_lease_held";
    if (view.has_capped)
      expected = "idle_cap_reached";
    if (view.has_claimable)
      expected = view.cap_reached ? "idle_cap_reached" : "ticked";
    if (!view.enabled)
      expected = "idle_lane_disabled";
    if (view.has_settling)
      expected = "ticked";
    BOOST_TEST(to_string(judge_lane(view)) == expected, bits);
  }
}

BOOST_AUTO_TEST_CASE(each_outcome_reads_back_as_it_is_written) {
  std::set<std::string> spellings;
  for (std::size_t i = 0; i < tick_outcome_count; ++i) {
    const auto outcome = static_cast<tick_outcome>(i);
    BOOST_TEST((parse_tick_outcome(to_string(outcome)) == outcome));
    spellings.emplace(to_string(outcome));
  }
  BOOST_TEST((spellings == std::set<std::string>{"ticked", "idle_no_runs", "idle_lane_disabled",
                                                 "idle_cap_reached", "idle_lease_held", "error"}));
  BOOST_TEST(!parse_tick_outcome("idle"));
}

BOOST_AUTO_TEST_CASE(an_invocation_stops_at_its_ticks) {
  tick_budget budget({2, {}});
  budget.count(id(1));
  BOOST_TEST(!budget.is_used_up());
  budget.count(id(1));
  BOOST_TEST(budget.is_used_up());
  BOOST_TEST(budget.is_used_up_for(id(2)));
  BOOST_TEST(budget.ticks() == 2u);
}

BOOST_AUTO_TEST_CASE(a_run_stops_at_its_ticks_and_others_go_on) {
  tick_budget budget({10, 1});
  budget.count(id(1));
  BOOST_TEST(budget.is_used_up_for(id(1)));
  BOOST_TEST(!budget.is_used_up_for(id(2)));
  BOOST_TEST(!budget.is_used_up());
}

BOOST_AUTO_TEST_CASE(no_cap_is_no_limit_and_a_cap_of_none_is) {
  tick_budget open({});
  for (int i = 0; i < 1000; ++i)
    open.count(id(1));
  BOOST_TEST(!open.is_used_up_for(id(1)));
  BOOST_TEST(tick_budget({0, {}}).is_used_up());
  BOOST_TEST(tick_budget({{}, 0}).is_used_up_for(id(1)));
}

BOOST_AUTO_TEST_CASE(the_daily_cap_begins_anew_at_midnight_utc) {
  lane_settings lane;
  lane.ticks_per_day = 2;
  lane_usage usage;
  BOOST_TEST(!day_is_full(lane, usage, evening));
  usage.count(evening);
  usage.count(evening);
  BOOST_TEST(day_is_full(lane, usage, evening));
  BOOST_TEST(!day_is_full(lane, usage, evening + 1ms));
  usage.count(evening + 1ms);
  BOOST_TEST(usage.ticks == 1u);
  BOOST_TEST(usage.day == "2026-11-22");
  lane.ticks_per_day.reset();
  BOOST_TEST(!day_is_full(lane, usage, evening + 1ms));
}

BOOST_AUTO_TEST_CASE(a_day_says_how_many_ticks_are_left) {
  lane_settings lane;
  lane_usage usage;
  BOOST_TEST(!ticks_left(lane, usage, evening));
  lane.ticks_per_day = 3;
  BOOST_TEST((ticks_left(lane, usage, evening) == std::uint64_t{3}));
  usage.count(evening, 2);
  BOOST_TEST((ticks_left(lane, usage, evening) == std::uint64_t{1}));
  usage.count(evening, 2);
  BOOST_TEST((ticks_left(lane, usage, evening) == std::uint64_t{0}));
  BOOST_TEST((ticks_left(lane, usage, evening + 1ms) == std::uint64_t{3}));
}

BOOST_AUTO_TEST_CASE(an_owner_goes_on_while_its_lane_is_on_and_the_day_has_room_for_all) {
  lane_settings lane;
  lane_usage usage;
  BOOST_TEST((judge_boundary(lane, usage, 9, evening) == tick_outcome::ticked));
  lane.ticks_per_day = 2;
  BOOST_TEST((judge_boundary(lane, usage, 2, evening) == tick_outcome::ticked));
  BOOST_TEST((judge_boundary(lane, usage, 3, evening) == tick_outcome::idle_cap_reached));
  usage.count(evening, 2);
  BOOST_TEST((judge_boundary(lane, usage, 0, evening) == tick_outcome::ticked));
  BOOST_TEST((judge_boundary(lane, usage, 1, evening) == tick_outcome::idle_cap_reached));
  lane.enabled = false;
  BOOST_TEST((judge_boundary(lane, usage, 0, evening) == tick_outcome::idle_lane_disabled));
}

BOOST_AUTO_TEST_CASE(a_lane_is_full_at_its_number_of_runs) {
  lane_settings lane;
  lane_usage usage;
  usage.concurrent_runs = 3;
  BOOST_TEST(!lane_is_full(lane, usage));
  lane.concurrent_runs = 4;
  BOOST_TEST(!lane_is_full(lane, usage));
  lane.concurrent_runs = 3;
  BOOST_TEST(lane_is_full(lane, usage));
}

BOOST_AUTO_TEST_CASE(the_next_run_has_the_highest_priority_then_the_oldest_time_then_the_lowest_id) {
  std::vector<queue_place> queue = {
      {0, evening, id(4)}, {5, evening + 1ms, id(3)}, {5, evening, id(2)},
      {5, evening, id(1)}, {-1, evening - 1h, id(0)}, {0, evening - 1ms, id(9)},
  };
  std::sort(queue.begin(), queue.end(), comes_before);
  std::vector<int> order;
  for (const auto& place : queue)
    order.push_back(place.id.bytes[15]);
  BOOST_TEST((order == std::vector<int>{1, 2, 3, 9, 4, 0}));
  BOOST_TEST(!comes_before(queue[0], queue[0]));
}

BOOST_AUTO_TEST_SUITE_END()
