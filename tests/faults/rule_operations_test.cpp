// SLUICE_RULE_OPERATIONS=100000 in the environment for the long run, SLUICE_SEED to repeat one.

#include "tests/faults/rule_world.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace sluice;

namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::string report(const rule_world& world, std::uint64_t seed) {
  std::string text = "SLUICE_SEED=" + std::to_string(seed) + "\n";
  for (const auto& line : world.story())
    text += "  " + line + "\n";
  return text + world.complaints();
}

} // namespace

BOOST_AUTO_TEST_SUITE(rule_operations)

BOOST_AUTO_TEST_CASE(after_each_of_many_random_operations_all_see_the_same_rules) {
  const auto seed = number_from("SLUICE_SEED", 20261121);
  const auto operations = number_from("SLUICE_RULE_OPERATIONS", 500);
  rule_world world(seed);
  for (std::uint64_t i = 0; i < operations; ++i) {
    try {
      world.step();
    } catch (const std::exception& trouble) {
      BOOST_FAIL(trouble.what() << '\n' << report(world, seed));
    }
    BOOST_REQUIRE_MESSAGE(world.complaints().empty(), report(world, seed));
  }
  // Each kind was there.
  if (operations >= 500)
    BOOST_TEST(world.kinds().size() == 13u);
  for (const auto& [kind, count] : world.kinds())
    BOOST_TEST_MESSAGE(count << " " << kind);
}

BOOST_AUTO_TEST_SUITE_END()
