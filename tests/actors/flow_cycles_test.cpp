// Graphs with feedback edges, on real schedulers: they end.

#include "tests/support/edge_values.hpp"
#include "tests/support/flow_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;

BOOST_AUTO_TEST_SUITE(flows_with_cycles)

BOOST_AUTO_TEST_CASE(a_feedback_cycle_ends_when_its_other_inputs_have_and_nothing_is_in_it) {
  flow_fixture fixture;
  const auto seen = std::make_shared<std::vector<std::uint64_t>>();
  graph made;
  // Every number goes round until it is a multiple of 8.
  auto step = transform_declaration("step", [](node_context& context, std::size_t, message& in) {
    const auto value = in.get<std::uint64_t>();
    if (value % 8 == 0)
      context.emit(0, std::move(in));
    else
      context.emit(1, in.with(value + 1));
  });
  step.ports.outputs.push_back(number_port("again"));
  made.nodes = {source_declaration("numbers", 1000), step, collecting_sink("sink", seen)};
  edge_declaration back = edge_between("step", "step", edge_with(overflow_policy::drop, 100'000));
  back.from.port = "again";
  back.settings.feedback = true;
  edge_declaration forward = edge_between("step", "sink");
  forward.from.port = "out";
  made.edges = {edge_between("numbers", "step"), forward, back};
  const auto summary = fixture.run(made);
  BOOST_TEST((summary.outcome == flow_status::finished));
  BOOST_TEST(seen->size() == 1000U);
}

BOOST_AUTO_TEST_CASE(an_error_that_nobody_can_read_does_not_go_round_a_cycle) {
  flow_fixture fixture;
  const auto fails = [](node_context& context, std::size_t, message& in) {
    context.fail(std::move(in), "bad", "on purpose");
  };
  graph made;
  made.nodes = {source_declaration("from", 1), transform_declaration("bad", fails),
                transform_declaration("loop", [](node_context&, std::size_t, message&) {})};
  made.edges = {edge_between("from", "bad"), edge_between("bad", "loop"),
                edge_between("loop", "loop", edge_with(overflow_policy::drop_oldest, 16))};
  made.edges[1].from.port = "error";
  made.edges[2].settings.feedback = true;
  const auto summary = fixture.run(made);
  BOOST_TEST((summary.outcome == flow_status::finished));
  BOOST_TEST(summary.final.edges[2].counters.offered == 0U);
}

BOOST_AUTO_TEST_CASE(two_nodes_of_a_cycle_that_send_each_other_control_do_not_wait_for_each_other) {
  flow_fixture fixture;
  const auto speak = [](node_context& context, std::size_t, message& in) {
    for (int i = 0; i < 200; ++i)
      context.send_control(0, message(std::uint64_t{1}));
    if (in.get<std::uint64_t>() < 50)
      context.emit(0, in.get<std::uint64_t>() + 1);
  };
  class talker : public function_node {
  public:
    using function_node::function_node;
    bool on_control(node_context&, std::size_t, const message&) override { return true; }
  };
  auto first = transform_declaration("first", speak);
  auto second = transform_declaration("second", speak);
  first.make = second.make = [speak] { return std::make_unique<talker>(speak); };
  graph made;
  made.nodes = {source_declaration("from", 40), first, second};
  made.edges = {edge_between("from", "first"), edge_between("first", "second"),
                edge_between("second", "first", edge_with(overflow_policy::drop_oldest, 16))};
  made.edges[2].settings.feedback = true;
  const auto summary = fixture.run(made);
  BOOST_TEST((summary.outcome == flow_status::finished));
  BOOST_TEST(summary.final.edges[1].counters.control >= 40U * 200U);
}

BOOST_AUTO_TEST_CASE(a_feedback_cycle_ends_when_only_a_node_that_flushes_at_its_end_holds_something) {
  flow_fixture fixture;
  class gather final : public node {
    void on_message(node_context& context, std::size_t, message&) override { context.set_held(++held_); }
    void on_end(node_context& context) override {
      context.set_held(0);
      context.emit(0, held_);
    }
    std::uint64_t held_ = 0;
  };
  auto gathering = transform_declaration("gather", {});
  gathering.make = [] { return std::make_unique<gather>(); };
  const auto seen = std::make_shared<std::vector<std::uint64_t>>();
  graph made;
  made.nodes = {source_declaration("numbers", 5), gathering, collecting_sink("sink", seen)};
  edge_declaration back = edge_between("gather", "gather", edge_with(overflow_policy::drop, 10));
  back.settings.feedback = true;
  made.edges = {edge_between("numbers", "gather"), edge_between("gather", "sink"), back};
  const auto summary = fixture.run(made);
  BOOST_TEST((summary.outcome == flow_status::finished));
  BOOST_TEST(*seen == (std::vector<std::uint64_t>{5}), boost::test_tools::per_element());
  // What went round once more at the end found nobody.
  BOOST_TEST(summary.discarded == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
