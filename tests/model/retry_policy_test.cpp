#include "model/run/retry_policy.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <limits>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

constexpr auto highest = std::numeric_limits<std::uint64_t>::max();

} // namespace

BOOST_AUTO_TEST_SUITE(retry_policies)

BOOST_AUTO_TEST_CASE(a_fixed_pause_stays_the_same) {
  const retry_policy policy{5, backoff_kind::fixed, 300ms, 60s, 0};
  for (const unsigned failures : {1u, 2u, 50u})
    BOOST_TEST((base_delay(policy, failures) == 300ms));
}

BOOST_AUTO_TEST_CASE(an_exponential_pause_doubles_up_to_its_limit) {
  const retry_policy policy{9, backoff_kind::exponential, 1s, 10s, 0};
  const std::vector<std::chrono::milliseconds> expected = {1s, 2s, 4s, 8s, 10s, 10s};
  for (unsigned i = 0; i < expected.size(); ++i)
    BOOST_TEST((base_delay(policy, i + 1) == expected[i]), i);
  BOOST_TEST((base_delay(policy, std::numeric_limits<unsigned>::max()) == 10s));
}

BOOST_AUTO_TEST_CASE(a_pause_of_nothing_stays_nothing) {
  const retry_policy policy{9, backoff_kind::exponential, 0ms, 10s, 0.5};
  BOOST_TEST((base_delay(policy, 9) == 0ms));
  BOOST_TEST((retry_delay(policy, 9, [] { return highest; }) == 0ms));
}

BOOST_AUTO_TEST_CASE(a_delay_above_the_limit_is_cut) {
  BOOST_TEST((base_delay({3, backoff_kind::fixed, 20s, 5s, 0}, 1) == 5s));
}

BOOST_AUTO_TEST_CASE(jitter_takes_a_share_off_and_never_adds) {
  const retry_policy policy{3, backoff_kind::fixed, 1000ms, 60s, 0.25};
  BOOST_TEST((retry_delay(policy, 1, [] { return std::uint64_t{0}; }) == 1000ms));
  BOOST_TEST((retry_delay(policy, 1, [] { return highest / 2; }) == 875ms));
  BOOST_TEST((retry_delay(policy, 1, [] { return highest; }) == 750ms));
}

BOOST_AUTO_TEST_CASE(without_jitter_chance_is_not_asked) {
  BOOST_TEST((retry_delay({3, backoff_kind::fixed, 1s, 60s, 0}, 1, {}) == 1s));
}

BOOST_AUTO_TEST_CASE(each_kind_reads_back_as_it_is_written) {
  for (const auto& name : backoff_names())
    BOOST_TEST(to_string(parse_backoff_kind(name).value()) == name);
  BOOST_TEST(!parse_backoff_kind("linear"));
}

BOOST_AUTO_TEST_SUITE_END()
