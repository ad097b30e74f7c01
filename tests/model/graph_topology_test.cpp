#include "model/graph/topology.hpp"
#include "tests/model/graph_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;

namespace {

std::shared_ptr<const flow_plan> sample() {
  auto builder = three_nodes();
  builder.add_type("s", "split", split_into({"x"})).add_type("dead", "any_sink");
  builder.connect("b", "s",
                  {.capacity = 64, .policy = overflow_policy::drop_oldest, .band = priority_band::high});
  builder.connect("s.x", "c")
      .connect("s.else", "b", {.policy = overflow_policy::latest, .feedback = true, .key_source = ".\"k\""});
  builder.connect("a.error", "dead");
  return check(builder).plan;
}

} // namespace

BOOST_AUTO_TEST_SUITE(graph_topology)

BOOST_AUTO_TEST_CASE(dot_shows_nodes_and_what_is_special_about_edges) {
  const auto plan = sample();
  BOOST_REQUIRE(plan);
  BOOST_TEST(to_dot(*plan) == R"(digraph "flow" {
  rankdir=LR;
  node [shape=box, style=rounded];
  "a" [label="a\nsource"];
  "b" [label="b\npass"];
  "c" [label="c\nsink"];
  "s" [label="s\nsplit"];
  "dead" [label="dead\nany_sink"];
  "a" -> "b";
  "b" -> "c";
  "b" -> "s" [label="drop_oldest, 64, high"];
  "s" -> "c" [label="x"];
  "s" -> "b" [label="else, latest by .\"k\", feedback", style=dashed];
  "a" -> "dead" [label="error"];
}
)");
}

BOOST_AUTO_TEST_CASE(mermaid_shows_the_same) {
  const auto plan = sample();
  BOOST_REQUIRE(plan);
  BOOST_TEST(to_mermaid(*plan) == R"(flowchart LR
  n0["a<br/>source"]
  n1["b<br/>pass"]
  n2["c<br/>sink"]
  n3["s<br/>split"]
  n4["dead<br/>any_sink"]
  n0 --> n1
  n1 --> n2
  n1 -->|"drop_oldest, 64, high"| n3
  n3 -->|"x"| n2
  n3 -.->|"else, latest by .#34;k#34;, feedback"| n1
  n0 -->|"error"| n4
)");
}

BOOST_AUTO_TEST_CASE(names_are_escaped) {
  const auto inner = graph_builder().add_type("p", "source").expose_output("out", "p").build();
  graph_builder builder("a \"quoted\\name");
  const auto result = check(builder.add_graph("sub", inner).add_type("b", "sink").connect("sub", "b"));
  BOOST_REQUIRE(result.plan);
  BOOST_TEST(to_dot(*result.plan).find(R"(digraph "a \"quoted\\name" {)") == 0U);
  BOOST_TEST(to_dot(*result.plan).find(R"("sub/p" -> "b";)") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
