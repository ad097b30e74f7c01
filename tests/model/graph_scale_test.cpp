#include "tests/model/graph_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;

namespace {

std::string id_of(std::size_t i) {
  return "n" + std::to_string(i);
}

/// A source, `length` nodes one after the other, and a sink, declared backwards.
graph chain(std::size_t length) {
  graph_builder builder;
  builder.add_type(id_of(length), "sink");
  for (std::size_t i = length - 1; i > 0; --i)
    builder.add_type(id_of(i), "pass");
  builder.add_type(id_of(0), "source");
  for (std::size_t i = 0; i < length; ++i)
    builder.connect(id_of(i), id_of(i + 1));
  return builder.build();
}

} // namespace

// Recursion or a loop within a loop makes these crash or run into CTest's time limit.
BOOST_AUTO_TEST_SUITE(graph_scale)

BOOST_AUTO_TEST_CASE(a_chain_of_ten_thousand_nodes_is_put_in_order) {
  const auto result = validate(chain(10'000), fake_catalog());
  check_findings(result, {});
  BOOST_TEST(result.plan->order().front() == 10'000U);
  BOOST_TEST(result.plan->order().back() == 0U);
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_nodes_do_not_overflow_the_stack) {
  const auto result = validate(chain(100'000), fake_catalog());
  BOOST_TEST(result.found.empty());
  BOOST_REQUIRE(result.plan);
  BOOST_TEST(result.plan->edges().size() == 100'000U);
}

BOOST_AUTO_TEST_CASE(a_long_cycle_is_named_in_short) {
  auto source = chain(10'000);
  source.edges.push_back({{"n9999", {}}, {"n1", {}}, {}, {}, {}});
  const auto result = validate(source, fake_catalog());
  check_findings(result, {"DEADLOCK_CYCLE edges[9998]"});
  BOOST_TEST(result.found[0].text.size() < 500U);
  BOOST_TEST(result.found[0].text.find("n9999 -> n1 -> n2 -> ") != std::string::npos);
  BOOST_TEST(result.found[0].text.find("(9979 more) -> n9998 -> n9999 can") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(twenty_thousand_unknown_names_are_all_reported) {
  auto source = chain(20'000);
  for (auto& edge : source.edges)
    edge.to.node += "_wrong";
  const auto result = validate(source, fake_catalog());
  const auto unknown = std::count_if(result.found.begin(), result.found.end(),
                                     [](const auto& one) { return one.code == "UNKNOWN_NODE"; });
  BOOST_TEST(unknown == 20'000);
}

BOOST_AUTO_TEST_CASE(ten_thousand_nodes_declared_twice_are_all_reported) {
  auto source = chain(10'000);
  const auto once = source.nodes;
  source.nodes.insert(source.nodes.end(), once.begin(), once.end());
  BOOST_TEST(validate(source, fake_catalog()).found.size() == 10'001U);
}

BOOST_AUTO_TEST_CASE(a_thousand_errors_nodes_collect_in_time) {
  graph_builder inner;
  inner.add_type("p", "pass").add_type("k", "pass").add_type("d", "any_sink").connect("k", "d").errors("k");
  const auto part = inner.expose_input("in", "p").expose_output("out", "p").build();
  graph_builder builder;
  builder.add_type("a", "source").add_type("z", "sink").connect("a", "s0");
  for (std::size_t i = 0; i < 1000; ++i)
    builder.add_graph("s" + std::to_string(i), part)
        .connect("s" + std::to_string(i), i == 999 ? "z" : "s" + std::to_string(i + 1));
  const auto result = check(builder);
  check_findings(result, {});
  BOOST_TEST(result.plan->edges().size() == 1001U + 2 * 1000U);
}

BOOST_AUTO_TEST_SUITE_END()
