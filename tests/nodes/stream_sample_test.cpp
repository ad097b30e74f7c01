#include "nodes/stream/sample.hpp"
#include "tests/support/node_harness.hpp"

#include <boost/test/unit_test.hpp>

using namespace sluice;
using testing::node_harness;
using testing::text_message;

namespace {

using texts = std::vector<std::string>;

texts sampled(const std::vector<std::pair<std::string, std::string>>& options, int count) {
  node_harness harness(sample_type(), options);
  for (int i = 0; i < count; ++i)
    harness.feed(text_message(std::to_string(i)));
  return harness.texts();
}

} // namespace

BOOST_AUTO_TEST_SUITE(stream_sample)

BOOST_AUTO_TEST_CASE(every_passes_the_first_of_each_so_many) {
  BOOST_TEST(sampled({{"every", "3"}}, 8) == (texts{"0", "3", "6"}), boost::test_tools::per_element());
  BOOST_TEST(sampled({{"every", "1"}}, 3) == (texts{"0", "1", "2"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_choice) {
  const auto once = sampled({{"probability", "0.3"}, {"seed", "42"}}, 1000);
  BOOST_TEST(once == sampled({{"probability", "0.3"}, {"seed", "42"}}, 1000),
             boost::test_tools::per_element());
  BOOST_TEST((once != sampled({{"probability", "0.3"}, {"seed", "43"}}, 1000)));
}

BOOST_AUTO_TEST_CASE(the_choice_does_not_depend_on_the_machine) {
  // SplitMix64 of seed 0 begins E220A8397B1DCDAF 6E789E6AA1B965F4 06C45D188009454F F88BB8A8724C81EC
  // (reference code): as fractions 0.883, 0.431, 0.026, 0.970.
  BOOST_TEST(sampled({{"probability", "0.5"}}, 4) == (texts{"1", "2"}), boost::test_tools::per_element());
  BOOST_TEST(sampled({{"probability", "0.03"}}, 4) == texts{"2"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_share_is_near_the_probability) {
  const auto passed = sampled({{"probability", "0.25"}, {"seed", "7"}}, 100'000).size();
  // Five standard deviations: sqrt(100000 * 0.25 * 0.75) = 137.
  BOOST_TEST(passed > 25'000U - 685U);
  BOOST_TEST(passed < 25'000U + 685U);
}

BOOST_AUTO_TEST_CASE(probabilities_nought_and_one_are_never_and_always) {
  BOOST_TEST(sampled({{"probability", "0"}}, 1000).empty());
  BOOST_TEST(sampled({{"probability", "1"}}, 1000).size() == 1000U);
}

BOOST_AUTO_TEST_CASE(messages_pass_untouched) {
  node_harness harness(sample_type(), {{"every", "2"}});
  auto sent = text_message("x");
  sent.set_trace({5, 6});
  harness.feed(std::move(sent));
  const auto out = harness.messages();
  BOOST_REQUIRE_EQUAL(out.size(), 1U);
  BOOST_TEST((out[0].trace() == trace_id{5, 6}));
}

BOOST_AUTO_TEST_CASE(exactly_one_way_to_choose_is_needed) {
  BOOST_CHECK_THROW(node_harness(sample_type(), config_value{}), option_error);
  BOOST_CHECK_THROW(node_harness(sample_type(), {{"every", "2"}, {"probability", "0.5"}}), option_error);
  BOOST_CHECK_THROW(node_harness(sample_type(), {{"every", "0"}}), error);
  BOOST_CHECK_THROW(node_harness(sample_type(), {{"probability", "1.1"}}), error);
  BOOST_CHECK_THROW(node_harness(sample_type(), {{"probability", "-0.1"}}), error);
}

BOOST_AUTO_TEST_SUITE_END()
