#include "tests/support/flow_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <vector>

using namespace sluice;
using namespace sluice::testing;

namespace {

/// Numbers without end, and a node that keeps the control it gets.
struct heard_flow {
  class listener final : public node {
  public:
    explicit listener(heard_flow& owner) : owner_(&owner) {}
    void on_message(node_context&, std::size_t, message&) override {}
    bool on_control(node_context&, std::size_t, const message& control) override {
      owner_->heard.push_back(control.get<std::uint64_t>());
      ++owner_->count;
      return true;
    }

  private:
    heard_flow* owner_;
  };

  heard_flow() {
    source.nodes = {source_declaration("numbers", 0), sink_declaration("sink", {})};
    source.nodes.back().make = [this] { return std::make_unique<listener>(*this); };
    source.edges = {edge_between("numbers", "sink")};
  }

  static message control(std::uint64_t number) { return message(number, message_kind::control); }

  graph source;
  /// Written by the node, read after the end.
  std::vector<std::uint64_t> heard;
  std::atomic<std::size_t> count{0};
};

} // namespace

BOOST_AUTO_TEST_SUITE(control_from_outside)

BOOST_AUTO_TEST_CASE(waits_for_its_node_and_for_no_other_thread_of_the_flow) {
  heard_flow given;
  std::promise<void> stands;
  std::promise<void> let_go;
  flow_fixture fixture;
  flow_options options;
  // On the supervisor's thread: it hears of nothing meanwhile.
  options.stands_still = [&](std::uint64_t) {
    stands.set_value();
    (void)let_go.get_future().wait_for(flow_fixture::patience);
  };
  const auto running = fixture.start(given.source, options);
  running.pause();
  BOOST_REQUIRE((stands.get_future().wait_for(flow_fixture::patience) == std::future_status::ready));

  BOOST_TEST(running.send_control("sink", heard_flow::control(7)));
  fixture.await([&] { return given.count == 1; }, running);

  let_go.set_value();
  running.resume();
  running.stop();
  (void)fixture.finish(running);
  BOOST_TEST(given.heard == std::vector<std::uint64_t>{7}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(is_taken_before_the_nodes_are_there_and_keeps_its_order) {
  for (int round = 0; round < 50; ++round) {
    heard_flow given;
    flow_fixture fixture;
    const auto running = fixture.start(given.source);
    std::vector<std::uint64_t> sent;
    // Places are given back as control is handled; some of these come before the nodes do.
    for (std::uint64_t number = 0; number < 200; ++number)
      if (running.send_control("sink", heard_flow::control(number)))
        sent.push_back(number);
    fixture.await([&] { return given.count == sent.size(); }, running);
    running.stop();
    (void)fixture.finish(running);
    BOOST_TEST(sent.size() >= 64U);
    BOOST_TEST(given.heard == sent, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(is_refused_once_the_flow_is_over) {
  heard_flow given;
  flow_fixture fixture;
  const auto running = fixture.start(given.source);
  running.abort("enough");
  (void)running.wait_for(flow_fixture::patience);
  BOOST_TEST(!running.send_control("sink", heard_flow::control(1)));
}

BOOST_AUTO_TEST_SUITE_END()
