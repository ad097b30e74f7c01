#include "actors/rules/parallel_rules.hpp"
#include "tests/actors_rules/rule_directory_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <string>
#include <string_view>
#include <vector>

using namespace sluice;

namespace {

/// Texts of rules, every seventh of which is none.
std::vector<std::string> some_texts(int count) {
  std::vector<std::string> texts;
  for (int i = 0; i < count; ++i)
    texts.push_back(rule_directory_scene::text("r" + std::to_string(i), i % 7 == 0 ? "(" : "word"));
  return texts;
}

void require_same(const std::vector<rule_reading>& seen, const std::vector<rule_reading>& wanted) {
  BOOST_REQUIRE(seen.size() == wanted.size());
  for (std::size_t i = 0; i < seen.size(); ++i) {
    BOOST_REQUIRE((seen[i].definition == wanted[i].definition));
    BOOST_REQUIRE(seen[i].wrong.size() == wanted[i].wrong.size());
    for (std::size_t k = 0; k < seen[i].wrong.size(); ++k)
      BOOST_REQUIRE(to_string(seen[i].wrong[k]) == to_string(wanted[i].wrong[k]));
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(parallel_rules)

BOOST_AUTO_TEST_CASE(several_threads_find_what_one_finds_in_the_order_of_the_texts) {
  for (const int count : {0, 1, 255, 1'000, 3'001}) {
    const auto texts = some_texts(count);
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    const auto wanted = read_rules_in_turn(views);
    for (const unsigned threads : {0U, 1U, 2U, 5U})
      BOOST_TEST_CONTEXT(count << " texts, " << threads << " threads") {
        require_same(read_rules_in_parallel(threads)(views), wanted);
      }
  }
}

BOOST_AUTO_TEST_CASE(there_is_always_somebody_to_read) {
  BOOST_TEST(rule_reading_threads() >= 1U);
  BOOST_TEST(rule_reading_threads() <= 4U);
}

BOOST_AUTO_TEST_SUITE_END()
