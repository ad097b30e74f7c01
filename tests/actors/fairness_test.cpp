// Shares, not times: who is served how often, and that control gets through, on real schedulers.

#include "tests/support/flow_fixture.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <future>

using namespace sluice;
using namespace sluice::testing;

namespace {

/// A sink that notes how many data messages it had handled when a control message came.
class control_sink : public node {
public:
  struct record {
    std::atomic<std::uint64_t> handled{0};
    std::atomic<std::uint64_t> handled_before_control{0};
    std::atomic<std::uint64_t> controls{0};
    /// Called when a control message comes.
    std::function<void()> heard;
    std::promise<void> opened;
    std::shared_future<void> open{opened.get_future()};
  };

  explicit control_sink(std::shared_ptr<record> shared) : record_(std::move(shared)) {}

  void on_message(node_context&, std::size_t, message&) override {
    record_->handled.fetch_add(1);
    record_->open.wait();
  }
  bool on_control(node_context&, std::size_t, const message&) override {
    record_->handled_before_control = record_->handled.load();
    if (record_->heard)
      record_->heard();
    record_->controls.fetch_add(1);
    return true;
  }

private:
  std::shared_ptr<record> record_;
};

node_declaration control_sink_declaration(const std::string& id,
                                          const std::shared_ptr<control_sink::record>& shared) {
  auto declared = sink_declaration(id, {});
  declared.make = [shared] { return std::make_unique<control_sink>(shared); };
  return declared;
}

node_declaration idle_source(const std::string& id) {
  class waiting : public node {
    produce_result produce(node_context& context, std::size_t) override {
      return context.stopping() ? produce_result::done : produce_result::wait;
    }
  };
  auto declared = source_declaration(id, 0);
  declared.make = [] { return std::make_unique<waiting>(); };
  return declared;
}

node_declaration counting_sink(const std::string& id) {
  return sink_declaration(id, [](node_context&, std::size_t, message&) {});
}

/// Delivered messages per edge once all of them together have passed `total`.
std::vector<double> shares(flow_fixture& fixture, const flow& running, std::uint64_t total) {
  std::vector<double> delivered;
  fixture.await(
      [&] {
        delivered.clear();
        for (const auto& edge : running.snapshot().edges)
          delivered.push_back(static_cast<double>(edge.counters.delivered));
        double sum = 0;
        for (const auto each : delivered)
          sum += each;
        return sum >= static_cast<double>(total);
      },
      running);
  return delivered;
}

constexpr std::size_t wide = 40'000;

edge_settings wide_in_band(priority_band band) {
  edge_settings settings;
  settings.band = band;
  settings.capacity = wide;
  return settings;
}

/// Emits numbers without end, once `open` is true.
class gated_source final : public node {
public:
  explicit gated_source(std::shared_ptr<std::atomic<bool>> open) : open_(std::move(open)) {}
  produce_result produce(node_context& context, std::size_t room) override {
    if (context.stopping())
      return produce_result::done;
    if (!*open_) {
      context.request_tick(std::chrono::milliseconds{1});
      return produce_result::wait;
    }
    for (std::size_t i = 0; i < room; ++i)
      context.emit(0, next_++);
    return produce_result::more;
  }

private:
  std::shared_ptr<std::atomic<bool>> open_;
  std::uint64_t next_ = 0;
};

/// Lets one sink fill all its input edges before it handles anything, then counts by source the messages of
/// the first half: both edges have something to give all that time, whatever the machine is doing.
std::vector<double> served_while_saturated(flow_fixture& fixture, const std::vector<priority_band>& bands) {
  const auto opened = std::make_shared<std::promise<void>>();
  const auto handled = std::make_shared<std::vector<std::uint64_t>>();
  const auto held = std::make_shared<std::atomic<bool>>(false);
  graph made;
  made.nodes = {sink_declaration(
      "sink", [handled, held, open = opened->get_future().share()](node_context&, std::size_t, message& in) {
        // A batch of one message holds the sink: when it goes on, all the rest stands in its mailbox, and its
        // bands must decide, not the order of arrival.
        if (!held->exchange(true))
          open.wait();
        else
          handled->push_back(in.get<std::uint64_t>());
      })};
  made.nodes[0].execution = execution_kind::blocking;
  for (std::size_t i = 0; i < bands.size(); ++i) {
    auto source = transform_declaration(
        "mark" + std::to_string(i),
        [i](node_context& context, std::size_t, message& in) { context.emit(0, in.with(std::uint64_t{i})); });
    auto from = source_declaration("from" + std::to_string(i), 0);
    from.make = [held] { return std::make_unique<gated_source>(held); };
    made.nodes.push_back(from);
    made.nodes.push_back(source);
    made.edges.push_back(edge_between("mark" + std::to_string(i), "sink", wide_in_band(bands[i])));
  }
  for (std::size_t i = 0; i < bands.size(); ++i)
    made.edges.push_back(edge_between("from" + std::to_string(i), "mark" + std::to_string(i)));
  made.nodes.push_back(source_declaration("first", 1));
  made.edges.push_back(edge_between("first", "sink"));
  const auto running = fixture.start(made);
  fixture.await(
      [&] {
        const auto edges = running.snapshot().edges;
        return std::all_of(edges.begin(), edges.begin() + static_cast<std::ptrdiff_t>(bands.size()),
                           [](const edge_snapshot& edge) { return edge.counters.offered >= wide; });
      },
      running);
  opened->set_value();
  fixture.await([&] { return running.snapshot().nodes[0].counters.in >= wide; }, running);
  running.abort("enough");
  (void)fixture.finish(running);
  std::vector<double> counts(bands.size());
  for (std::size_t i = 0; i < wide / 2; ++i)
    counts[(*handled)[i]] += 1;
  return counts;
}

} // namespace

BOOST_AUTO_TEST_SUITE(fairness)

BOOST_AUTO_TEST_CASE(saturated_urgent_and_normal_edges_are_served_four_to_one) {
  flow_fixture fixture;
  const auto served = served_while_saturated(fixture, {priority_band::urgent, priority_band::normal});
  const auto ratio = served[0] / served[1];
  BOOST_TEST(ratio >= 3.6);
  BOOST_TEST(ratio <= 4.4);
}

BOOST_AUTO_TEST_CASE(three_edges_of_one_band_are_served_alike) {
  flow_fixture fixture;
  const auto served =
      served_while_saturated(fixture, {priority_band::normal, priority_band::normal, priority_band::normal});
  const auto [least, most] = std::minmax_element(served.begin(), served.end());
  BOOST_TEST(*least >= 0.8 * *most);
}

/// Eight chains; returns the share of the slowest in that of the fastest, from the first million on.
double slowest_of_eight(bool sharing) {
  flow_fixture fixture(sharing);
  graph made;
  for (int chain = 0; chain < 8; ++chain) {
    const auto number = std::to_string(chain);
    made.nodes.push_back(source_declaration("from" + number, 0));
    made.nodes.push_back(counting_sink("to" + number));
    made.edges.push_back(edge_between("from" + number, "to" + number));
  }
  const auto running = fixture.start(made);
  const auto first = shares(fixture, running, 1'000'000);
  auto delivered = shares(fixture, running, 30'000'000);
  running.abort("enough");
  (void)fixture.finish(running);
  for (std::size_t i = 0; i < delivered.size(); ++i)
    delivered[i] -= first[i];
  const auto [least, most] = std::minmax_element(delivered.begin(), delivered.end());
  return *least / *most;
}

BOOST_AUTO_TEST_CASE(eight_saturated_chains_get_equal_shares) {
  BOOST_TEST(slowest_of_eight(true) >= 0.8);
}

// A host's scheduler steals work: we promise there that nobody starves, not equal shares.
BOOST_AUTO_TEST_CASE(eight_saturated_chains_all_advance_on_a_work_stealing_host) {
  BOOST_TEST(slowest_of_eight(false) >= 0.1);
}

BOOST_AUTO_TEST_CASE(control_overtakes_a_full_edge_of_a_hundred_thousand) {
  flow_fixture fixture;
  const auto shared = std::make_shared<control_sink::record>();
  graph made;
  made.nodes = {source_declaration("numbers", 300'000), control_sink_declaration("sink", shared)};
  made.nodes[1].execution = execution_kind::blocking;
  edge_settings settings;
  settings.capacity = 100'000;
  made.edges = {edge_between("numbers", "sink", settings)};
  const auto running = fixture.start(made);
  fixture.await([&] { return running.snapshot().edges[0].counters.offered >= 100'000; }, running);
  BOOST_TEST(running.send_control("numbers", message(text("ping"))));
  fixture.await([&] { return running.snapshot().edges[0].counters.control == 1; }, running);
  shared->opened.set_value();
  const auto summary = fixture.finish(running);
  BOOST_TEST(shared->controls.load() == 1U);
  BOOST_TEST(shared->handled.load() == 300'000U);
  // It was in the mailbox when the first message was being handled: at most the slice at hand goes before it.
  BOOST_TEST(shared->handled_before_control.load() <= defaults::batch_messages);
  BOOST_TEST(summary.final.edges[0].counters.offered == 300'000U);
}

/// Passes on what comes, and sends a control message after every millionth; notes how far the sink was then.
node_declaration pinging_transform(const std::string& id, const std::shared_ptr<control_sink::record>& sink,
                                   const std::shared_ptr<std::vector<std::uint64_t>>& sent_at) {
  auto seen = std::make_shared<std::uint64_t>(0);
  return transform_declaration(id, [=](node_context& context, std::size_t, message& in) {
    context.emit(0, std::move(in));
    if (++*seen % 1'000'000 == 0) {
      sent_at->push_back(sink->handled.load());
      context.send_control(0, message(text("ping")));
    }
  });
}

BOOST_AUTO_TEST_CASE(control_overtakes_ten_million_messages_within_one_turn_of_the_scheduler) {
  // One worker: what the sink handles until the control message comes is not a matter of luck. It may be the
  // sink's turn before the edge's, and a turn is so many batches.
  flow_fixture fixture(true, 1);
  const auto shared = std::make_shared<control_sink::record>();
  shared->opened.set_value();
  const auto sent_at = std::make_shared<std::vector<std::uint64_t>>();
  std::vector<std::uint64_t> heard_at;
  shared->heard = [&] { heard_at.push_back(shared->handled.load()); };
  graph made;
  made.nodes = {source_declaration("numbers", 10'000'000), pinging_transform("pass", shared, sent_at),
                control_sink_declaration("sink", shared)};
  edge_settings settings;
  settings.capacity = 100'000;
  made.edges = {edge_between("numbers", "pass", settings), edge_between("pass", "sink", settings)};
  (void)fixture.run(made);
  BOOST_TEST(shared->handled.load() == 10'000'000U);
  BOOST_REQUIRE(heard_at.size() == 10U);
  for (std::size_t i = 0; i < heard_at.size(); ++i) {
    BOOST_TEST_MESSAGE("ping " << i << " passed by " << heard_at[i] - (*sent_at)[i] << " messages");
    BOOST_TEST(heard_at[i] - (*sent_at)[i] <= defaults::scheduler_throughput * defaults::batch_messages);
  }
}

BOOST_AUTO_TEST_CASE(control_arrives_from_outside_during_ten_million_messages) {
  flow_fixture fixture;
  const auto shared = std::make_shared<control_sink::record>();
  shared->opened.set_value();
  graph made;
  const auto pass = [](node_context& context, std::size_t, message& in) { context.emit(0, std::move(in)); };
  made.nodes = {source_declaration("numbers", 10'000'000), transform_declaration("pass", pass),
                control_sink_declaration("sink", shared)};
  made.edges = {edge_between("numbers", "pass"), edge_between("pass", "sink")};
  const auto running = fixture.start(made);
  fixture.await([&] { return shared->handled.load() > 100'000; }, running);
  for (std::uint64_t i = 1; i <= 20; ++i) {
    BOOST_TEST(running.send_control("numbers", message(text("ping"))));
    fixture.await([&] { return shared->controls.load() == i; }, running);
  }
  const auto seen = shared->handled_before_control.load();
  (void)fixture.finish(running);
  BOOST_TEST(seen < 10'000'000U);
  BOOST_TEST(shared->handled.load() == 10'000'000U);
}

BOOST_AUTO_TEST_CASE(control_from_outside_has_sixty_four_places_at_a_node) {
  flow_fixture fixture;
  const auto shared = std::make_shared<control_sink::record>();
  graph made;
  made.nodes = {source_declaration("numbers", 1), control_sink_declaration("sink", shared)};
  made.edges = {edge_between("numbers", "sink")};
  const auto running = fixture.start(made);
  fixture.await([&] { return shared->handled.load() == 1; }, running); // and waits in its handler
  std::size_t taken = 0;
  while (taken < 1000 && running.send_control("sink", message(text("ping"))))
    ++taken;
  BOOST_TEST(taken == defaults::control_places);
  shared->opened.set_value();
  (void)fixture.finish(running);
  BOOST_TEST(!running.send_control("sink", message(text("ping")))); // it has ended
}

BOOST_AUTO_TEST_CASE(control_that_found_a_place_is_handled_whenever_the_flow_is_stopped) {
  flow_fixture fixture;
  for (int round = 0; round < 100; ++round) {
    const auto shared = std::make_shared<control_sink::record>();
    shared->opened.set_value();
    graph made;
    made.nodes = {source_declaration("numbers", 0), control_sink_declaration("sink", shared)};
    made.edges = {edge_between("numbers", "sink")};
    const auto running = fixture.start(made);
    std::uint64_t taken = 0;
    for (int i = 0; i < 20; ++i) {
      taken += running.send_control("numbers", message(text("ping")));
      if (i == 10 + round % 10)
        running.stop();
    }
    (void)fixture.finish(running);
    BOOST_REQUIRE_EQUAL(shared->controls.load(), taken);
  }
}

/// Most messages that the saturated chains may handle while a control message passes the three actors of an
/// idle flow. On an idle machine it is below two million, 50 ms of both workers; other processes may take the
/// control message's worker away meanwhile. A starved one waits for billions.
constexpr std::uint64_t patience_messages = 40'000'000;

/// Sends a hundred control messages to an idle flow, one after the other, while two chains saturate both
/// workers.
void ping_an_idle_flow(bool sharing) {
  flow_fixture fixture(sharing);
  graph busy;
  for (int chain = 0; chain < 2; ++chain) {
    const auto number = std::to_string(chain);
    busy.nodes.push_back(source_declaration("from" + number, 0));
    busy.nodes.push_back(counting_sink("to" + number));
    busy.edges.push_back(edge_between("from" + number, "to" + number));
  }
  const auto saturated = fixture.start(busy);
  const auto shared = std::make_shared<control_sink::record>();
  graph quiet;
  quiet.nodes = {idle_source("idle"), control_sink_declaration("sink", shared)};
  quiet.edges = {edge_between("idle", "sink")};
  const auto idle = fixture.start(quiet);
  fixture.await([&] { return saturated.snapshot().edges[1].counters.delivered > 100'000; }, saturated);
  const auto handled_meanwhile = [&] {
    std::uint64_t total = 0;
    for (const auto& edge : saturated.snapshot().edges)
      total += edge.counters.delivered;
    return total;
  };
  std::atomic<std::uint64_t> heard_at{0};
  shared->heard = [&] { heard_at = handled_meanwhile(); };
  std::uint64_t most = 0;
  for (std::uint64_t i = 1; i <= 100; ++i) {
    const auto sent_at = handled_meanwhile();
    BOOST_TEST(idle.send_control("idle", message(text("ping"))));
    fixture.await([&] { return shared->controls.load() == i; }, idle);
    most = std::max(most, heard_at - sent_at);
  }
  BOOST_TEST_MESSAGE("at most " << most << " messages were handled while a control message was on its way");
  BOOST_TEST(most <= patience_messages);
  const auto latency = idle.snapshot().nodes[1].control_latency;
  saturated.abort("enough");
  idle.stop();
  (void)fixture.finish(saturated);
  (void)fixture.finish(idle);
  BOOST_TEST(shared->controls.load() == 100U);
  std::uint64_t count = 0;
  for (const auto each : latency.counts)
    count += each;
  BOOST_TEST(count == 100U);
  // The times are for the reader; a loaded machine may make them long.
  const auto& bounds = latency_histogram::bounds();
  for (std::size_t i = 0; i < bounds.size(); ++i)
    if (latency.counts[i] != 0)
      BOOST_TEST_MESSAGE(latency.counts[i] << " of 100 within " << bounds[i] / 1000 << " us");
}

BOOST_AUTO_TEST_CASE(control_reaches_an_idle_flow_while_two_chains_saturate) {
  ping_an_idle_flow(true);
}
BOOST_AUTO_TEST_CASE(control_reaches_an_idle_flow_on_a_saturated_work_stealing_host) {
  ping_an_idle_flow(false);
}

BOOST_AUTO_TEST_SUITE_END()
