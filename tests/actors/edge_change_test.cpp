#include "tests/support/edge_values.hpp"
#include "tests/support/flow_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <mutex>
#include <random>
#include <string>

using namespace sluice;
using namespace sluice::testing;

namespace {

/// Holds a node inside its handler until it is opened.
class gate {
public:
  void open() {
    if (!open_.exchange(true))
      opened_.set_value();
  }
  void pass() {
    entered_ = true;
    waiting_.wait();
  }
  bool entered() const { return entered_; }

private:
  std::promise<void> opened_;
  std::shared_future<void> waiting_ = opened_.get_future().share();
  std::atomic<bool> open_{false};
  std::atomic<bool> entered_{false};
};

/// Counts like its base once it is let go.
class held_source final : public counting_source {
public:
  held_source(std::uint64_t count, const std::atomic<bool>& let_go)
      : counting_source(count), let_go_(&let_go) {}
  void on_start(node_context& context) override { look_again(context); }
  void on_tick(node_context& context) override {
    if (!*let_go_)
      look_again(context);
  }
  produce_result produce(node_context& context, std::size_t room) override {
    return *let_go_ ? counting_source::produce(context, room) : produce_result::wait;
  }

private:
  static void look_again(node_context& context) { context.request_tick(std::chrono::milliseconds{1}); }

  const std::atomic<bool>* let_go_;
};

edge_snapshot edge_of(const flow_snapshot& all, const std::string& id) {
  for (const auto& each : all.edges)
    if (each.id == id)
      return each;
  BOOST_FAIL("no edge " + id);
  return all.edges.front();
}

/// A source of `count` numbers, an edge, and a sink that stands at a gate with each message.
struct gated_flow {
  explicit gated_flow(std::uint64_t count, const edge_settings& settings) {
    source.nodes = {source_declaration("numbers", count),
                    sink_declaration("sink", [this](node_context&, std::size_t, message& in) {
                      stop_here.pass();
                      seen->push_back(in.get<std::uint64_t>());
                    })};
    source.nodes.back().execution = execution_kind::blocking;
    source.edges = {edge_between("numbers", "sink", settings)};
  }

  gate stop_here;
  seen_list seen = std::make_shared<std::vector<std::uint64_t>>();
  graph source;
};

constexpr const char* the_edge = "numbers.out->sink.in";

template <class Change>
std::string refusal_of(Change&& change) {
  try {
    change();
    return "";
  } catch (const error& refused) {
    return refused.code() + ": " + refused.what();
  }
}

/// Changes the edge and waits until that is in force.
void change_now(const flow& running, const std::string& edge, const edge_change& change) {
  std::promise<void> in_force;
  running.change_edge(edge, change, [&] { in_force.set_value(); });
  BOOST_REQUIRE((in_force.get_future().wait_for(flow_fixture::patience) == std::future_status::ready));
}

} // namespace

BOOST_AUTO_TEST_SUITE(an_edge_of_a_running_flow)

BOOST_AUTO_TEST_CASE(takes_a_new_capacity_while_it_is_full_and_its_consumer_is_stuck) {
  gated_flow given(200, edge_with(overflow_policy::block, 4));
  flow_fixture fixture;
  const auto running = fixture.start(given.source);
  fixture.await(
      [&] { return given.stop_here.entered() && edge_of(running.snapshot(), the_edge).counters.depth == 4; },
      running);

  change_now(running, the_edge, {20, {}});
  BOOST_TEST(edge_of(running.snapshot(), the_edge).counters.capacity == 20U);
  fixture.await([&] { return edge_of(running.snapshot(), the_edge).counters.depth == 20; }, running);

  change_now(running, the_edge, {3, {}});
  const auto lowered = edge_of(running.snapshot(), the_edge).counters;
  BOOST_TEST(lowered.capacity == 3U);
  BOOST_TEST(lowered.depth == 20U);
  BOOST_TEST(lowered.adds_up());

  given.stop_here.open();
  const auto summary = fixture.finish(running);
  BOOST_TEST(*given.seen == numbers(0, 200), boost::test_tools::per_element());
  BOOST_TEST(summary.final.edges[0].counters.delivered == 200U);
}

BOOST_AUTO_TEST_CASE(takes_back_the_credit_of_a_producer_that_did_not_use_it) {
  std::atomic<bool> go{false};
  gated_flow given(0, edge_with(overflow_policy::block, 100'000));
  given.source.nodes.front().make = [&go] { return std::make_unique<held_source>(50'000, go); };
  flow_fixture fixture;
  const auto running = fixture.start(given.source);
  change_now(running, the_edge, {10, {}});
  // Once this second order is answered, the credit that the first one asked for is on its way back at least.
  change_now(running, the_edge, {{}, priority_band::high});
  BOOST_TEST((edge_of(running.snapshot(), the_edge).band == priority_band::high));
  std::uint64_t deepest = 0;
  go = true;
  fixture.await(
      [&] {
        const auto now = edge_of(running.snapshot(), the_edge).counters;
        deepest = std::max(deepest, now.depth);
        // The first is in the handler.
        return now.accepted == 10 && now.depth == 9;
      },
      running);
  BOOST_TEST(deepest <= 10U);
  given.stop_here.open();
  (void)fixture.finish(running);
  BOOST_TEST(given.seen->size() == 50'000U);
}

BOOST_AUTO_TEST_CASE(gives_its_new_band_to_a_consumer_that_was_stuck_meanwhile) {
  gate stop_here;
  std::vector<std::string> order;
  graph source;
  source.nodes = {source_declaration("first", 600), source_declaration("second", 600)};
  auto both = sink_declaration("sink", [&](node_context&, std::size_t input, message&) {
    stop_here.pass();
    order.emplace_back(input == 0 ? "first" : "second");
  });
  both.ports.inputs = {number_port("one"), number_port("two")};
  both.execution = execution_kind::blocking;
  source.nodes.push_back(std::move(both));
  source.edges = {edge_between("first", "sink"), edge_between("second", "sink")};
  source.edges[0].to.port = "one";
  source.edges[1].to.port = "two";
  flow_fixture fixture;
  const auto running = fixture.start(source);
  fixture.await(
      [&] {
        const auto now = running.snapshot();
        return stop_here.entered() && now.edges[0].counters.accepted == 600 &&
               now.edges[1].counters.accepted == 600;
      },
      running);
  change_now(running, "second.out->sink.two", {{}, priority_band::urgent});
  BOOST_TEST((edge_of(running.snapshot(), "second.out->sink.two").band == priority_band::urgent));
  stop_here.open();
  (void)fixture.finish(running);
  // Both have messages for long after the slice that was under way: 4 to 1, give or take a turn at each end.
  const auto second = std::count(order.begin() + 300, order.begin() + 600, "second");
  BOOST_TEST(second >= 225);
  BOOST_TEST(second <= 255);
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_change_or_no_edge) {
  gated_flow given(10, edge_with(overflow_policy::block, 4));
  flow_fixture fixture;
  const auto running = fixture.start(given.source);
  const auto change = [&](const char* edge, const edge_change& wanted) {
    return refusal_of([&] { running.change_edge(edge, wanted); });
  };
  BOOST_TEST(change("numbers.out->sink.inn", {1, {}}) ==
             "unknown_edge: the flow 'flow' has no edge 'numbers.out->sink.inn' (did you mean "
             "'numbers.out->sink.in'?)");
  BOOST_TEST(change(the_edge, {0, {}}) == "bad_value: capacity 0 lets no message through; at least 1");
  BOOST_TEST(change(the_edge, {}) ==
             "bad_value: nothing to change about the edge; give a capacity, a priority or both");
  given.stop_here.open();
  (void)fixture.finish(running);
  BOOST_TEST(change(the_edge, {1, {}}) ==
             "flow_ended: the flow 'flow' has ended; nothing about it can change");
}

BOOST_AUTO_TEST_CASE(accounts_for_every_message_while_it_is_changed_at_random_moments) {
  const std::uint64_t seed = std::random_device{}();
  BOOST_TEST_MESSAGE("seed " << seed);
  std::mt19937_64 random(seed);
  constexpr std::uint64_t count = 300'000;
  const auto kept = std::make_shared<std::vector<std::uint64_t>>();
  std::atomic<std::uint64_t> sampled{0};
  std::atomic<bool> changed_often{false};
  graph source;
  source.nodes = {source_declaration("left", count), source_declaration("right", count),
                  transform_declaration("middle", [](node_context& context, std::size_t,
                                                     message& in) { context.emit(0, std::move(in)); }),
                  collecting_sink("kept", kept),
                  sink_declaration("sampled", [&](node_context&, std::size_t, message&) { ++sampled; })};
  source.nodes.front().make = [&] { return std::make_unique<held_source>(count, changed_often); };
  source.edges = {edge_between("left", "middle"),
                  edge_between("right", "middle"),
                  edge_between("middle", "kept"),
                  edge_between("middle", "sampled", edge_with(overflow_policy::drop_oldest, 64)),
                  edge_between("left", "sampled", edge_with(overflow_policy::drop, 64)),
                  edge_between("right", "sampled", edge_with(overflow_policy::latest, 1))};
  flow_fixture fixture;
  const auto running = fixture.start(source);
  std::size_t changes = 0;
  while (!running.wait_for(std::chrono::microseconds{200})) {
    const auto now = running.snapshot();
    for (const auto& edge : now.edges)
      BOOST_REQUIRE_MESSAGE(edge.counters.adds_up(), "seed " << seed << ", " << edge.id);
    edge_change change;
    if (random() % 4 != 0)
      change.capacity = 1 + random() % (random() % 2 == 0 ? 8 : 2048);
    if (!change.capacity || random() % 4 == 0)
      change.band = static_cast<priority_band>(random() % band_count);
    try {
      running.change_edge(now.edges[random() % now.edges.size()].id, change);
      changed_often = ++changes > 10;
    } catch (const error& ended) {
      BOOST_REQUIRE_EQUAL(ended.code(), "flow_ended");
    }
  }
  const auto summary = fixture.finish(running);
  BOOST_TEST_MESSAGE(changes << " changes");
  BOOST_TEST(changes > 10U);
  BOOST_TEST((summary.outcome == flow_status::finished), "seed " << seed << ": " << summary.reason);
  BOOST_TEST(kept->size() == 2 * count, "seed " << seed);
  std::uint64_t delivered = 0;
  for (const auto& edge : summary.final.edges) {
    BOOST_TEST(edge.counters.discarded == 0U, "seed " << seed << ", " << edge.id);
    if (edge.policy == overflow_policy::block)
      BOOST_TEST(edge.counters.delivered == edge.counters.offered, "seed " << seed << ", " << edge.id);
    if (edge.to == "sampled")
      delivered += edge.counters.delivered;
  }
  BOOST_TEST(sampled == delivered, "seed " << seed);
}

BOOST_AUTO_TEST_SUITE_END()
