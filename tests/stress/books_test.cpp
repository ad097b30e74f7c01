// The checks of random graphs must be able to fail: here the counters are falsified on purpose.

#include "model/graph/flow_plan.hpp"
#include "runtime/embed/flow_runtime.hpp"
#include "tests/stress/random/accounting.hpp"
#include "tests/stress/random/random_recipe.hpp"
#include "tests/stress/random/recipe_graph.hpp"
#include "tests/stress/random/stress_round.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <memory>

using namespace sluice;
using namespace sluice::stress;

namespace {

/// A source and a sink; what they and the runtime counted.
struct counted_flow {
  counted_flow() {
    auto made = std::make_shared<graph_recipe>();
    node_recipe source;
    source.id = "source";
    source.outputs = {port_kind::number};
    source.count = source.emission_limit = 1000;
    node_recipe sink;
    sink.id = "sink";
    sink.inputs = {port_kind::number};
    made->nodes = {source, sink};
    made->edges = {edge_recipe{0, 0, 1, 0}};
    made->edges[0].capacity = 10;
    recipe = made;
    books = make_ledger(*recipe);
    plan = validate(build(recipe, books), node_catalog{}).plan;
    flow_runtime runtime;
    summary = runtime.start(plan).wait();
  }

  complaints check() const {
    complaints found;
    check_ended({*recipe, *plan, books, summary, treated}, found);
    return found;
  }

  std::shared_ptr<const graph_recipe> recipe;
  flow_ledger books;
  std::shared_ptr<const flow_plan> plan;
  flow_summary summary;
  treatment treated;
};

} // namespace

BOOST_AUTO_TEST_SUITE(books_of_random_graphs)

BOOST_AUTO_TEST_CASE(a_flow_that_is_in_order_has_no_complaints) {
  const counted_flow flow;
  BOOST_TEST(flow.check().empty());
  BOOST_TEST(flow.summary.final.edges[0].counters.delivered == 1000U);
}

BOOST_AUTO_TEST_CASE(each_falsified_counter_is_found) {
  const std::vector<std::function<void(counted_flow&)>> falsify = {
      [](counted_flow& f) { ++f.summary.final.edges[0].counters.offered; },
      [](counted_flow& f) { --f.summary.final.edges[0].counters.delivered; },
      [](counted_flow& f) { ++f.summary.final.nodes[0].counters.out; },
      [](counted_flow& f) { ++f.summary.final.nodes[1].counters.in; },
      [](counted_flow& f) { ++f.summary.final.nodes[1].counters.discarded; },
      [](counted_flow& f) { ++f.summary.final.nodes[1].counters.held; },
      [](counted_flow& f) { ++f.summary.final.nodes[0].counters.unrouted; },
      [](counted_flow& f) { ++f.summary.final.nodes[1].counters.errors; },
      [](counted_flow& f) { ++f.summary.final.nodes[1].counters.control; },
      [](counted_flow& f) { f.summary.outcome = flow_status::failed; },
      [](counted_flow& f) { f.summary.outcome = flow_status::aborted; },
      [](counted_flow& f) { f.summary.stuck = {"sink"}; },
      [](counted_flow& f) { ++f.books.nodes[0]->sequence[0]; },
      [](counted_flow& f) { ++f.books.nodes[0]->starts; },
      [](counted_flow& f) { std::swap(f.books.nodes[0]->last_stop, f.books.nodes[1]->last_stop); },
      [](counted_flow& f) { std::swap(f.books.nodes[0]->first_start, f.books.nodes[1]->first_start); },
  };
  for (std::size_t i = 0; i < falsify.size(); ++i) {
    counted_flow flow;
    falsify[i](flow);
    BOOST_TEST(!flow.check().empty(), "falsification " << i << " was not found");
  }
}

BOOST_AUTO_TEST_CASE(snapshots_that_go_back_or_do_not_balance_are_found) {
  const counted_flow flow;
  auto now = flow.summary.final;
  complaints found;
  check_running(flow.summary.final, now, found);
  BOOST_TEST(found.empty());
  now.edges[0].counters.depth = 1;
  check_running({}, now, found);
  BOOST_TEST(found.size() == 1U);
  now = flow.summary.final;
  --now.nodes[1].counters.in;
  check_running(flow.summary.final, now, found);
  BOOST_TEST(found.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_seed_makes_the_same_graph_each_time) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    BOOST_TEST(to_string(random_recipe(seed)) == to_string(random_recipe(seed)));
    const auto recipe = std::make_shared<const graph_recipe>(random_recipe(seed));
    const auto checked = validate(build(recipe, make_ledger(*recipe)), node_catalog{});
    for (const auto& one : checked.found)
      if (one.is_error())
        BOOST_ERROR("seed " << seed << ": " << to_string(one));
  }
}

BOOST_AUTO_TEST_CASE(a_flow_that_does_not_end_is_reported_with_its_graph_and_counters) {
  // No flow is given any time at all.
  const auto result = run_round(1, {std::chrono::seconds{0}, std::chrono::seconds{60}, true});
  BOOST_TEST(!result.hangs);
  BOOST_TEST(result.failure.find("--seed 1 failed") != std::string::npos);
  BOOST_TEST(result.failure.find("did not end") != std::string::npos);
  BOOST_TEST(result.failure.find("graph ") != std::string::npos);
  BOOST_TEST(result.failure.find("offered") != std::string::npos);
  BOOST_TEST(result.failure.find("recent log") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
