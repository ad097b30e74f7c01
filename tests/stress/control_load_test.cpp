// Thousands of control messages through saturated data: none lost, none overtaken by another.

#include "tests/stress/stress_scene.hpp"

#include <boost/test/unit_test.hpp>

using namespace sluice;
using namespace sluice::testing;

namespace {

/// Notes control messages; passes data on if it has an output.
class control_noter : public node {
public:
  control_noter(std::shared_ptr<std::vector<std::uint64_t>> heard, bool passes_data, bool passes_control)
      : heard_(std::move(heard)), passes_data_(passes_data), passes_control_(passes_control) {}
  void on_message(node_context& context, std::size_t, message& in) override {
    if (passes_data_)
      context.emit(0, std::move(in));
  }
  bool on_control(node_context&, std::size_t, const message& control) override {
    heard_->push_back(control.get<std::uint64_t>());
    return !passes_control_;
  }

private:
  std::shared_ptr<std::vector<std::uint64_t>> heard_;
  bool passes_data_;
  bool passes_control_;
};

bool counts_up(const std::vector<std::uint64_t>& numbers) {
  for (std::size_t i = 0; i < numbers.size(); ++i)
    if (numbers[i] != i)
      return false;
  return true;
}

node_declaration control_node(const char* id, bool last,
                              const std::shared_ptr<std::vector<std::uint64_t>>& heard) {
  auto declared = last ? sink_declaration(id, {}) : transform_declaration(id, {});
  declared.make = [=] { return std::make_unique<control_noter>(heard, !last, !last); };
  return declared;
}

void control_from_outside(bool sharing) {
  constexpr std::uint64_t controls = 5'000;
  flow_fixture fixture(sharing);
  std::vector<std::shared_ptr<std::vector<std::uint64_t>>> heard(3);
  for (auto& one : heard)
    one = std::make_shared<std::vector<std::uint64_t>>();
  graph made;
  made.nodes = {source_declaration("from", 0), control_node("first", false, heard[0]),
                control_node("second", false, heard[1]), control_node("last", true, heard[2])};
  made.edges = {edge_between("from", "first"),
                edge_between("first", "second", edge_of(overflow_policy::block, 3)),
                edge_between("second", "last", edge_of(overflow_policy::drop, 8))};
  const auto running = fixture.start(made);
  fixture.await([&] { return running.snapshot().nodes[3].counters.in > 1000; }, running);
  for (std::uint64_t i = 0; i < controls; ++i)
    fixture.await([&] { return running.send_control("from", message(i)); }, running);
  running.stop();
  const auto summary = fixture.finish(running);
  for (std::size_t node = 0; node < heard.size(); ++node) {
    BOOST_TEST(heard[node]->size() == controls);
    BOOST_TEST(counts_up(*heard[node]));
    BOOST_TEST(summary.final.edges[node].counters.control == controls);
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(control_under_load)

BOOST_AUTO_TEST_CASE(thousands_from_outside_pass_saturated_data_in_order) {
  for (const bool sharing : {true, false})
    control_from_outside(sharing);
}

BOOST_AUTO_TEST_CASE(a_node_that_sends_more_than_there_are_places_loses_none) {
  constexpr std::uint64_t count = 20'000;
  flow_fixture fixture;
  const auto heard = std::make_shared<std::vector<std::uint64_t>>();
  const auto sent = std::make_shared<std::uint64_t>(0);
  graph made;
  made.nodes = {source_declaration("from", count),
                transform_declaration("speak",
                                      [sent](node_context& context, std::size_t, message& in) {
                                        // Three for every message, twice the places in bursts.
                                        const auto burst = in.get<std::uint64_t>() % 100 == 0 ? 128 : 3;
                                        for (int i = 0; i < burst; ++i)
                                          context.send_control(0, message((*sent)++));
                                        context.emit(0, std::move(in));
                                      }),
                control_node("pass", false, std::make_shared<std::vector<std::uint64_t>>()),
                control_node("last", true, heard)};
  made.edges = {edge_between("from", "speak"),
                edge_between("speak", "pass", edge_of(overflow_policy::block, 5)),
                edge_between("pass", "last", edge_of(overflow_policy::latest, 1))};
  const auto summary = fixture.run(made);
  BOOST_TEST(*sent > count);
  BOOST_TEST(heard->size() == *sent);
  BOOST_TEST(counts_up(*heard));
  BOOST_TEST(summary.final.edges[1].counters.delivered == count);
}

BOOST_AUTO_TEST_CASE(control_is_handled_while_the_flow_is_paused_and_data_wait) {
  constexpr std::uint64_t controls = 1'000;
  flow_fixture fixture;
  const auto heard = std::make_shared<std::vector<std::uint64_t>>();
  graph made;
  made.nodes = {source_declaration("from", 0),
                control_node("pass", false, std::make_shared<std::vector<std::uint64_t>>()),
                control_node("last", true, heard)};
  made.edges = {edge_between("from", "pass", edge_of(overflow_policy::block, 64)),
                edge_between("pass", "last", edge_of(overflow_policy::block, 64))};
  const auto running = fixture.start(made);
  fixture.await([&] { return running.snapshot().nodes[2].counters.in > 1000; }, running);
  running.pause();
  fixture.await([&] { return running.snapshot().status == flow_status::paused; }, running);
  for (std::uint64_t i = 0; i < controls; ++i)
    fixture.await([&] { return running.send_control("from", message(i)); }, running);
  fixture.await([&] { return running.snapshot().nodes[2].counters.control == controls; }, running);
  running.resume();
  running.stop();
  (void)fixture.finish(running);
  BOOST_TEST(heard->size() == controls);
  BOOST_TEST(counts_up(*heard));
}

BOOST_AUTO_TEST_SUITE_END()
