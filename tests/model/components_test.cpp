#include "model/graph/cycles.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace sluice;

namespace {

using arrows = std::vector<std::pair<std::size_t, std::size_t>>;

/// The component of each node, and how many there are.
struct components {
  std::vector<std::size_t> of_node;
  std::size_t count = 0;
};

components components_of(std::size_t count, const arrows& pairs) {
  std::vector<detail::adjacency::link> links;
  for (const auto& [from, to] : pairs)
    links.push_back({from, to, links.size() % 2 == 1}); // feedback edges count like any other
  components found{detail::find_components(count, links)};
  for (const auto number : found.of_node)
    found.count = std::max(found.count, number + 1);
  return found;
}

/// Who reaches whom, by the plainest algorithm there is (Warshall 1962).
std::vector<std::vector<bool>> reachable(std::size_t count, const arrows& pairs) {
  std::vector<std::vector<bool>> reach(count, std::vector<bool>(count));
  for (std::size_t i = 0; i < count; ++i)
    reach[i][i] = true;
  for (const auto& [from, to] : pairs)
    reach[from][to] = true;
  for (std::size_t via = 0; via < count; ++via)
    for (std::size_t from = 0; from < count; ++from)
      for (std::size_t to = 0; to < count; ++to)
        if (reach[from][via] && reach[via][to])
          reach[from][to] = true;
  return reach;
}

} // namespace

BOOST_AUTO_TEST_SUITE(strongly_connected_components)

BOOST_AUTO_TEST_CASE(of_nothing_are_none) {
  BOOST_TEST(components_of(0, {}).count == 0U);
}

BOOST_AUTO_TEST_CASE(of_a_chain_are_its_nodes) {
  const auto found = components_of(3, {{0, 1}, {1, 2}});
  BOOST_TEST(found.count == 3U);
  BOOST_TEST(found.of_node[0] != found.of_node[1]);
  BOOST_TEST(found.of_node[1] != found.of_node[2]);
  BOOST_TEST(found.of_node[0] != found.of_node[2]);
}

BOOST_AUTO_TEST_CASE(join_the_nodes_of_a_cycle_and_not_those_before_and_behind_it) {
  const auto found = components_of(5, {{0, 1}, {1, 2}, {2, 3}, {3, 1}, {3, 4}});
  BOOST_TEST(found.count == 3U);
  BOOST_TEST(found.of_node[1] == found.of_node[2]);
  BOOST_TEST(found.of_node[2] == found.of_node[3]);
  BOOST_TEST(found.of_node[0] != found.of_node[1]);
  BOOST_TEST(found.of_node[4] != found.of_node[1]);
}

BOOST_AUTO_TEST_CASE(join_cycles_that_share_a_node) {
  const auto found = components_of(5, {{0, 1}, {1, 0}, {1, 2}, {2, 1}, {3, 4}, {4, 3}});
  BOOST_TEST(found.count == 2U);
  BOOST_TEST(found.of_node[0] == found.of_node[2]);
  BOOST_TEST(found.of_node[3] == found.of_node[4]);
}

BOOST_AUTO_TEST_CASE(are_found_in_a_chain_of_a_hundred_thousand_nodes_that_closes_in_itself) {
  constexpr std::size_t count = 100'000;
  arrows pairs;
  for (std::size_t i = 0; i < count; ++i)
    pairs.emplace_back(i, (i + 1) % count);
  BOOST_TEST(components_of(count, pairs).count == 1U);
  pairs.pop_back();
  BOOST_TEST(components_of(count, pairs).count == count);
}

BOOST_AUTO_TEST_CASE(agree_with_reachability_in_random_graphs) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    std::mt19937_64 random(seed);
    const std::size_t count = 1 + random() % 12;
    arrows pairs;
    for (auto more = random() % 20; more != 0; --more)
      pairs.emplace_back(random() % count, random() % count);
    const auto found = components_of(count, pairs);
    const auto reach = reachable(count, pairs);
    for (std::size_t a = 0; a < count; ++a)
      for (std::size_t b = 0; b < count; ++b)
        BOOST_REQUIRE_MESSAGE((found.of_node[a] == found.of_node[b]) == (reach[a][b] && reach[b][a]),
                              "seed " << seed);
    const std::set<std::size_t> used(found.of_node.begin(), found.of_node.end());
    BOOST_REQUIRE_EQUAL(used.size(), found.count); // numbered without gaps
  }
}

BOOST_AUTO_TEST_SUITE_END()
