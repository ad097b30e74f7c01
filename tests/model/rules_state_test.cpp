#include "model/base/error.hpp"
#include "model/rules/rule_state.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

const utc_time noon{1'700'000'000'000ms};

rule_state disabled() {
  rule_state state;
  state.mode = rule_mode::disabled;
  state.reason = "noisy";
  state.by = "ada";
  return state;
}

rule_state clipped(double to) {
  auto state = disabled();
  state.mode = rule_mode::clipped;
  state.confidence_max = to;
  return state;
}

/// Returns what is said against `state`.
std::string complaint(const rule_state& state) {
  try {
    require_state(state, noon);
    return "";
  } catch (const error& refused) {
    BOOST_TEST(refused.code() == "bad_state");
    return refused.what();
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(rules_state)

BOOST_AUTO_TEST_CASE(modes_have_names) {
  for (const auto mode : {rule_mode::enabled, rule_mode::disabled, rule_mode::clipped})
    BOOST_TEST((parse_rule_mode(to_string(mode)) == mode));
  BOOST_TEST(!parse_rule_mode("Enabled").has_value());
  BOOST_TEST(!parse_rule_mode("").has_value());
}

BOOST_AUTO_TEST_CASE(a_state_is_the_default_from_its_end_on) {
  auto state = disabled();
  BOOST_TEST((effective(state, noon) == state));
  state.expires_at = noon + 1ms;
  BOOST_TEST((effective(state, noon) == state));
  state.expires_at = noon;
  BOOST_TEST((effective(state, noon) == rule_state{}));
  state.expires_at = noon - 1h;
  BOOST_TEST((effective(state, noon).mode == rule_mode::enabled));
}

BOOST_AUTO_TEST_CASE(sound_states_are_taken) {
  BOOST_TEST(complaint({}) == "");
  BOOST_TEST(complaint(disabled()) == "");
  BOOST_TEST(complaint(clipped(0)) == "");
  BOOST_TEST(complaint(clipped(1)) == "");
  auto for_an_hour = disabled();
  for_an_hour.expires_at = noon + 1h;
  BOOST_TEST(complaint(for_an_hour) == "");
}

BOOST_AUTO_TEST_CASE(a_ceiling_outside_0_to_1_is_refused) {
  BOOST_TEST(complaint(clipped(7.5)).starts_with("confidence_max 7.5 is outside 0 to 1"));
  BOOST_TEST(complaint(clipped(-0.1)).starts_with("confidence_max"));
  BOOST_TEST(complaint(clipped(std::nan(""))).starts_with("confidence_max"));
  BOOST_TEST(complaint(clipped(INFINITY)).starts_with("confidence_max"));
}

BOOST_AUTO_TEST_CASE(an_end_that_is_past_is_refused) {
  auto state = disabled();
  state.expires_at = noon;
  BOOST_TEST(complaint(state).starts_with("expires_at 2023-11-14T22:13:20.000Z is not after"));
  state.expires_at = noon - 1ms;
  BOOST_TEST(complaint(state).starts_with("expires_at"));
}

BOOST_AUTO_TEST_CASE(who_and_why_must_be_said) {
  auto state = disabled();
  state.reason.clear();
  BOOST_TEST(complaint(state).starts_with("reason is missing: say why the rule is disabled"));
  state = clipped(0.5);
  state.by.clear();
  BOOST_TEST(complaint(state).starts_with("by is missing: say who wants the rule clipped"));
}

BOOST_AUTO_TEST_SUITE_END()
