#include "model/rules/pattern_set.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

using namespace sluice::detail;

namespace {

using counter = std::shared_ptr<std::atomic<std::uint64_t>>;
using indexes = std::vector<int>;

counter new_counter() {
  return std::make_shared<std::atomic<std::uint64_t>>(0);
}

indexes matching(const pattern_set& set, std::string_view text) {
  indexes found = {99}; // what was there is no result
  set.match(text, found);
  std::sort(found.begin(), found.end());
  return found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(rules_pattern_set)

BOOST_AUTO_TEST_CASE(every_pattern_that_is_in_a_text_is_found_anywhere_unless_anchored) {
  const pattern_set set({"^a", "b+c", "z$"}, new_counter());
  BOOST_TEST(matching(set, "abbcz") == (indexes{0, 1, 2}), boost::test_tools::per_element());
  BOOST_TEST(matching(set, "xbcz") == (indexes{1, 2}), boost::test_tools::per_element());
  BOOST_TEST(matching(set, "zb").empty());
}

BOOST_AUTO_TEST_CASE(an_empty_text_is_a_text) {
  const pattern_set set({"^$", "x"}, new_counter());
  BOOST_TEST(matching(set, {}) == indexes{0}, boost::test_tools::per_element());
  BOOST_TEST(matching(set, "") == indexes{0}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_set_without_patterns_matches_nothing) {
  const auto fallbacks = new_counter();
  BOOST_TEST(matching(pattern_set({}, fallbacks), "abc").empty());
  BOOST_TEST(fallbacks->load() == 0U);
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf8_do_not_hide_a_match) {
  const pattern_set set({"caf.!", "wget", "\xE9"}, new_counter());
  BOOST_TEST(matching(set, "\xFF\xFE caf\xE9! wget") == (indexes{0, 1, 2}), boost::test_tools::per_element());
  BOOST_TEST(matching(set, std::string_view("\0wget", 5)) == indexes{1}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(patterns_that_do_not_fit_together_are_tried_one_by_one_and_counted) {
  constexpr std::int64_t too_little = 2000;
  std::vector<std::string> patterns;
  for (int i = 100; i < 200; ++i)
    patterns.push_back("word" + std::to_string(i) + "[a-z]+");
  const auto fallbacks = new_counter();
  const pattern_set small(patterns, fallbacks, too_little);
  const pattern_set usual(patterns, new_counter());
  std::uint64_t expected = 0;
  for (const auto* text : {"word100x and word199yz", "nothing", "word150", "word150q"}) {
    BOOST_TEST(matching(small, text) == matching(usual, text), boost::test_tools::per_element());
    BOOST_TEST(fallbacks->load() == ++expected);
  }
}

BOOST_AUTO_TEST_CASE(a_pattern_that_re2_refuses_is_named_and_the_others_match) {
  const pattern_set set({"(", "a", "b"}, new_counter());
  BOOST_TEST(set.refused() == std::vector<std::size_t>{0}, boost::test_tools::per_element());
  BOOST_TEST(matching(set, "ab(") == (indexes{1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_trouble_with_a_pattern_is_told_in_the_words_of_re2) {
  BOOST_TEST(!pattern_trouble("a+").has_value());
  BOOST_TEST(*pattern_trouble("a**") == "bad repetition operator: **, at its character 2");
  BOOST_TEST(*pattern_trouble("[a") == "missing ]: [a");
  BOOST_TEST(*pattern_trouble("x[b-a]y") == "invalid character class range: b-a, at its character 3");
  // Twice in it: the place is not clear.
  BOOST_TEST(*pattern_trouble("\\q\\q") == "invalid escape sequence: \\q");
  BOOST_TEST(pattern_trouble("(a{100}){100}")->starts_with("invalid repetition size"));
}

BOOST_AUTO_TEST_CASE(a_pattern_is_found_by_its_text) {
  const pattern_set set({"a", "b", "d"}, new_counter());
  BOOST_TEST((set.find("b") == 1U));
  BOOST_TEST(!set.find("c").has_value());
  BOOST_TEST(!set.find("e").has_value());
}

BOOST_AUTO_TEST_CASE(threads_match_with_a_cold_set_at_the_same_time) {
  std::vector<std::string> patterns;
  for (int i = 100; i < 400; ++i)
    patterns.push_back("k" + std::to_string(i));
  const pattern_set set(patterns, new_counter());
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int thread = 0; thread < 3; ++thread)
    threads.emplace_back([&] {
      for (int i = 100; i < 400; ++i)
        wrong += matching(set, "x k" + std::to_string(i) + " y") != indexes{i - 100};
    });
  for (auto& each : threads)
    each.join();
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_SUITE_END()
