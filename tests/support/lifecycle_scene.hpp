#pragma once

#include "model/graph/flow_plan.hpp"
#include "tests/support/function_nodes.hpp"
#include "tests/support/recording_orders.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sluice::testing {

/// Nodes by name and edges written `a b`, or `a b again` for one with feedback. A node that nothing enters is
/// a source; every node has one input and one output port of numbers.
inline std::shared_ptr<const flow_plan> make_plan(const std::vector<std::string>& nodes,
                                                  const std::vector<std::vector<std::string>>& edges) {
  graph made;
  for (const auto& id : nodes) {
    const auto entered =
        std::any_of(edges.begin(), edges.end(), [&](const auto& each) { return each[1] == id; });
    const auto ignore = [](node_context&, std::size_t, message&) {};
    made.nodes.push_back(entered ? transform_declaration(id, ignore) : source_declaration(id, 1));
  }
  for (const auto& each : edges) {
    auto edge = edge_between(each[0], each[1]);
    if (each.size() > 2) {
      edge.settings.feedback = true;
      edge.settings.policy = overflow_policy::drop;
    }
    made.edges.push_back(edge);
  }
  const auto checked = validate(made, node_catalog{});
  for (const auto& one : checked.found)
    BOOST_TEST_MESSAGE(to_string(one));
  BOOST_REQUIRE(checked.plan != nullptr);
  return checked.plan;
}

/// A lifecycle whose events the test makes up, by the names of nodes.
struct lifecycle_scene {
  lifecycle_scene(const std::vector<std::string>& nodes, const std::vector<std::vector<std::string>>& edges)
      : plan(make_plan(nodes, edges)), orders(*plan), life(*plan, orders) {}

  std::size_t index(const std::string& id) const {
    for (std::size_t i = 0; i < plan->nodes().size(); ++i)
      if (plan->nodes()[i].id == id)
        return i;
    BOOST_FAIL("no node " + id);
    return 0;
  }
  void started(const std::string& id, const std::string& failure = {}) {
    life.on_started(index(id), failure);
  }
  void ended(const std::string& id) { life.on_ended(index(id)); }
  void paused(const std::string& id) { life.on_paused(index(id)); }
  void waiting(const std::string& id) { life.on_waiting(index(id)); }
  void aborted(const std::string& id) { life.on_aborted(index(id)); }
  void released(const std::string& id) { life.on_released(index(id)); }

  /// Starts all nodes and forgets the orders of that.
  void run() {
    life.start();
    for (const auto node : plan->order())
      life.on_started(node, {});
    BOOST_REQUIRE((life.status() == flow_status::running));
    (void)orders.take();
  }
  void all_aborted() {
    for (std::size_t node = 0; node < plan->nodes().size(); ++node)
      life.on_aborted(node);
  }
  void all_released() {
    for (const auto node : plan->order())
      life.on_released(node);
  }
  void all_closed() {
    for (std::size_t edge = 0; edge < plan->edges().size(); ++edge)
      life.on_edge_closed(edge);
  }
  void expect(const std::vector<std::string>& wanted) {
    BOOST_TEST(orders.take() == wanted, boost::test_tools::per_element());
  }

  std::shared_ptr<const flow_plan> plan;
  recording_orders orders;
  flow_lifecycle life;
};

/// Declared against the flow of the data.
inline lifecycle_scene chain() {
  return {{"c", "b", "a"}, {{"a", "b"}, {"b", "c"}}};
}

/// Expects `scene` to have ended once, as `status`.
inline void check_end(lifecycle_scene& scene, flow_status status) {
  BOOST_TEST((scene.life.status() == status));
  BOOST_TEST((scene.life.outcome() == status));
  BOOST_TEST(scene.orders.count("finished") == 1U);
}

} // namespace sluice::testing
