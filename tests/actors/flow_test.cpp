#include "model/edge/coalesce.hpp"
#include "model/message/error_record.hpp"
#include "tests/support/flow_fixture.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <numeric>
#include <thread>

using namespace sluice;
using namespace sluice::testing;

namespace {

/// A door that holds a handler until a test opens it.
struct door {
  std::promise<void> opened;
  std::shared_future<void> wait{opened.get_future()};
};

edge_settings with_policy(overflow_policy policy, std::size_t capacity) {
  edge_settings settings;
  settings.policy = policy;
  settings.capacity = capacity;
  return settings;
}

/// source → sink whose first message waits for the door: everything else meets a full edge.
struct burst {
  seen_list seen = std::make_shared<std::vector<std::uint64_t>>();
  std::shared_ptr<door> closed = std::make_shared<door>();
  graph made;

  burst(std::uint64_t count, edge_settings settings) {
    made.nodes.push_back(source_declaration("numbers", count));
    auto sink =
        sink_declaration("slow", [seen = seen, closed = closed](node_context&, std::size_t, message& in) {
          closed->wait.wait();
          seen->push_back(in.get<std::uint64_t>());
        });
    sink.execution = execution_kind::blocking;
    made.nodes.push_back(sink);
    made.edges.push_back(edge_between("numbers", "slow", std::move(settings)));
  }

  flow_summary run(flow_fixture& fixture, std::uint64_t offered) {
    auto running = fixture.start(made);
    fixture.await([&] { return running.snapshot().edges[0].counters.offered == offered; }, running);
    full = running.snapshot().edges[0].counters;
    closed->opened.set_value();
    return fixture.finish(running);
  }

  edge_counters full;
};

std::vector<std::uint64_t> iota(std::uint64_t first, std::uint64_t count) {
  std::vector<std::uint64_t> all(count);
  std::iota(all.begin(), all.end(), first);
  return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(flows)

BOOST_AUTO_TEST_CASE(a_block_edge_loses_nothing_and_keeps_order) {
  flow_fixture fixture;
  const auto seen = std::make_shared<std::vector<std::uint64_t>>();
  graph made;
  made.nodes = {source_declaration("numbers", 100'000), collecting_sink("sink", seen)};
  made.edges = {edge_between("numbers", "sink", with_policy(overflow_policy::block, 64))};
  const auto summary = fixture.run(made);
  BOOST_TEST((summary.outcome == flow_status::finished));
  BOOST_TEST(*seen == iota(0, 100'000), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(
    a_stuck_consumer_behind_a_block_edge_of_four_leaves_five_accepted_one_delivered_four_waiting) {
  flow_fixture fixture;
  burst scene(1000, with_policy(overflow_policy::block, 4));
  const auto summary = scene.run(fixture, 5);
  BOOST_TEST(scene.full.accepted == 5U);
  BOOST_TEST(scene.full.delivered == 1U);
  BOOST_TEST(scene.full.depth == 4U);
  BOOST_TEST(*scene.seen == iota(0, 1000), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(drop_keeps_the_oldest) {
  flow_fixture fixture;
  burst scene(1000, with_policy(overflow_policy::drop, 8));
  const auto summary = scene.run(fixture, 1000);
  // How many fit while the first was on its way to the handler depends on timing; their order and place do
  // not.
  const auto kept = scene.seen->size();
  BOOST_TEST(kept >= 8U);
  BOOST_TEST((*scene.seen)[0] == 0U);
  BOOST_TEST(std::is_sorted(scene.seen->begin(), scene.seen->end()));
  const auto& edge = summary.final.edges[0].counters;
  BOOST_TEST(edge.dropped == 1000 - kept);
  BOOST_TEST(scene.full.depth <= 8U);
}

BOOST_AUTO_TEST_CASE(drop_oldest_keeps_the_newest) {
  flow_fixture fixture;
  burst scene(1000, with_policy(overflow_policy::drop_oldest, 8));
  const auto summary = scene.run(fixture, 1000);
  const std::vector<std::uint64_t> tail(scene.seen->end() - 8, scene.seen->end());
  BOOST_TEST(tail == iota(992, 8), boost::test_tools::per_element());
  BOOST_TEST(summary.final.edges[0].counters.evicted == 1000 - scene.seen->size());
}

BOOST_AUTO_TEST_CASE(latest_delivers_the_newest_even_at_capacity_one) {
  flow_fixture fixture;
  burst scene(1000, with_policy(overflow_policy::latest, 1));
  const auto summary = scene.run(fixture, 1000);
  BOOST_TEST(scene.seen->back() == 999U);
  BOOST_TEST(scene.seen->size() <= 3U);
  BOOST_TEST(summary.final.edges[0].counters.replaced == 1000 - scene.seen->size());
}

BOOST_AUTO_TEST_CASE(latest_keeps_one_message_per_key) {
  flow_fixture fixture;
  auto settings = with_policy(overflow_policy::latest, 64);
  settings.key = [](const message& in) { return std::to_string(in.get<std::uint64_t>() % 10); };
  burst scene(1000, settings);
  (void)scene.run(fixture, 1000);
  std::vector<std::uint64_t> newest(scene.seen->end() - 10, scene.seen->end());
  std::sort(newest.begin(), newest.end());
  BOOST_TEST(newest == iota(990, 10), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(coalesce_sum_gives_the_exact_total) {
  flow_fixture fixture;
  auto settings = with_policy(overflow_policy::coalesce, 4);
  settings.coalesce = [](message& queued, message&& incoming) {
    queued = queued.with(queued.get<std::uint64_t>() + incoming.get<std::uint64_t>());
  };
  burst scene(1000, settings);
  const auto summary = scene.run(fixture, 1000);
  BOOST_TEST(std::accumulate(scene.seen->begin(), scene.seen->end(), std::uint64_t{0}) == 499'500U);
  BOOST_TEST(summary.final.edges[0].counters.coalesced == 1000 - scene.seen->size());
}

BOOST_AUTO_TEST_CASE(a_failed_merge_leaves_by_the_error_port_with_the_original) {
  flow_fixture fixture;
  auto settings = with_policy(overflow_policy::coalesce, 2);
  settings.coalesce = [](message&, message&&) { throw error("cannot_coalesce", "no"); };
  burst scene(100, settings);
  const auto failed = std::make_shared<std::vector<std::uint64_t>>();
  auto dead = sink_declaration("dead", [failed](node_context&, std::size_t, message& in) {
    failed->push_back(in.get<error_record>().original.get<std::uint64_t>());
  });
  dead.ports.inputs[0].type = port_type::any();
  scene.made.nodes.push_back(dead);
  scene.made.errors = "dead";
  const auto summary = scene.run(fixture, 100);
  BOOST_TEST(failed->size() + scene.seen->size() == 100U);
  BOOST_TEST(summary.final.edges[0].counters.refused_merge == failed->size());
  BOOST_TEST(failed->back() == 99U);
}

BOOST_AUTO_TEST_CASE(one_in_ten_handlers_throws_and_the_rest_arrives) {
  flow_fixture fixture;
  const auto seen = std::make_shared<std::vector<std::uint64_t>>();
  const auto failed = std::make_shared<std::vector<std::uint64_t>>();
  graph made;
  made.nodes = {source_declaration("numbers", 1000),
                transform_declaration("moody",
                                      [](node_context& context, std::size_t, message& in) {
                                        if (in.get<std::uint64_t>() % 10 == 9)
                                          throw std::runtime_error("not today");
                                        context.emit(0, std::move(in));
                                      }),
                collecting_sink("sink", seen)};
  auto dead = sink_declaration("dead", [failed](node_context&, std::size_t, message& in) {
    failed->push_back(in.get<error_record>().original.get<std::uint64_t>());
  });
  dead.ports.inputs[0].type = port_type::any();
  made.nodes.push_back(dead);
  made.edges = {edge_between("numbers", "moody"), edge_between("moody", "sink")};
  edge_declaration errors = edge_between("moody", "dead");
  errors.from.port = "error";
  made.edges.push_back(errors);
  made.nodes[1].on_error.policy = error_policy::emit_error;
  const auto summary = fixture.run(made);
  BOOST_TEST(seen->size() == 900U);
  BOOST_TEST(failed->size() == 100U);
  BOOST_TEST(summary.final.nodes[1].counters.errors == 100U);
  const auto log = fixture.log();
  BOOST_TEST(std::any_of(log.begin(), log.end(), [](const std::string& line) {
    return line.find("not today") != std::string::npos && line.find("trace ") != std::string::npos;
  }));
}

BOOST_AUTO_TEST_CASE(the_error_policy_fail_stops_the_flow_and_says_why) {
  flow_fixture fixture;
  graph made;
  made.nodes = {source_declaration("numbers", 0),
                sink_declaration("strict", [](node_context&, std::size_t, message& in) {
                  if (in.get<std::uint64_t>() == 5)
                    throw error("too_much", "five is too much");
                })};
  made.nodes[1].on_error.policy = error_policy::fail;
  made.edges = {edge_between("numbers", "strict")};
  const auto summary = fixture.run(made);
  BOOST_TEST((summary.outcome == flow_status::failed));
  BOOST_TEST(summary.reason.find("five is too much") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_restarted_node_is_a_fresh_one_and_the_stream_goes_on) {
  flow_fixture fixture;
  const auto made_count = std::make_shared<std::atomic<int>>(0);
  const auto seen = std::make_shared<std::vector<std::uint64_t>>();
  graph made;
  made.nodes = {source_declaration("numbers", 10), collecting_sink("sink", seen)};
  made.nodes[1].make = [seen, made_count] {
    ++*made_count;
    return std::make_unique<function_node>([seen](node_context&, std::size_t, message& in) {
      if (in.get<std::uint64_t>() == 3)
        throw std::runtime_error("three");
      seen->push_back(in.get<std::uint64_t>());
    });
  };
  made.nodes[1].on_error.policy = error_policy::restart;
  made.nodes[1].on_error.restart_backoff = std::chrono::milliseconds{1};
  made.edges = {edge_between("numbers", "sink")};
  const auto summary = fixture.run(made);
  BOOST_TEST((summary.outcome == flow_status::finished));
  BOOST_TEST(seen->size() == 9U);
  BOOST_TEST(made_count->load() == 2);
  BOOST_TEST(summary.final.nodes[1].counters.restarts == 1U);
}

BOOST_AUTO_TEST_CASE(fan_out_copies_and_fan_in_serves_every_edge) {
  flow_fixture fixture;
  const auto seen = std::make_shared<std::vector<std::uint64_t>>();
  const auto pass = [](node_context& context, std::size_t, message& in) { context.emit(0, std::move(in)); };
  graph made;
  made.nodes = {source_declaration("numbers", 10'000), collecting_sink("sink", seen)};
  for (const auto* id : {"a", "b", "c"}) {
    made.nodes.push_back(transform_declaration(id, pass));
    made.edges.push_back(edge_between("numbers", id));
    made.edges.push_back(edge_between(id, "sink"));
  }
  (void)fixture.run(made);
  BOOST_TEST(seen->size() == 30'000U);
}

BOOST_AUTO_TEST_CASE(stop_drains_everything_under_way) {
  flow_fixture fixture;
  const auto seen = std::make_shared<std::vector<std::uint64_t>>();
  graph made;
  made.nodes = {source_declaration("numbers", 0), collecting_sink("sink", seen)};
  made.edges = {edge_between("numbers", "sink")};
  auto running = fixture.start(made);
  fixture.await([&] { return running.snapshot().edges[0].counters.delivered > 1000; }, running);
  running.stop();
  const auto summary = fixture.finish(running);
  BOOST_TEST((summary.outcome == flow_status::finished));
  BOOST_TEST(!summary.deadline_exceeded);
  BOOST_TEST(seen->size() == summary.final.nodes[0].counters.out);
}

BOOST_AUTO_TEST_CASE(a_drain_deadline_discards_and_counts) {
  flow_fixture fixture;
  burst scene(0, with_policy(overflow_policy::block, 16));
  // All but the node that hangs have to be done with the abort in time.
  auto running = fixture.start(scene.made, {std::chrono::milliseconds{10}, std::chrono::seconds{1}});
  fixture.await([&] { return running.snapshot().edges[0].counters.depth >= 12; }, running);
  running.stop();
  const auto summary = fixture.finish(running);
  scene.closed->opened.set_value();
  BOOST_TEST(summary.deadline_exceeded);
  BOOST_TEST(summary.discarded >= 12U);
  BOOST_TEST(summary.final.edges[0].counters.depth == 0U);
  BOOST_TEST(summary.stuck == std::vector<std::string>{"slow"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(handlers_that_hold_every_worker_cannot_hold_the_flow) {
  flow_fixture fixture;
  const auto closed = std::make_shared<door>();
  const auto wait = [closed](node_context&, std::size_t, message&) { closed->wait.wait(); };
  graph made;
  made.nodes = {source_declaration("a", 0), source_declaration("b", 0), sink_declaration("first", wait),
                sink_declaration("second", wait)};
  made.edges = {edge_between("a", "first"), edge_between("b", "second")};
  auto running = fixture.start(made, {std::chrono::milliseconds{10}, std::chrono::milliseconds{50}});
  fixture.await(
      [&] {
        const auto edges = running.snapshot().edges;
        return edges[0].counters.delivered == 1 && edges[1].counters.delivered == 1;
      },
      running);
  running.abort("enough");
  const auto summary = fixture.finish(running);
  closed->opened.set_value();
  BOOST_TEST((summary.outcome == flow_status::aborted));
  BOOST_TEST(summary.stuck.size() >= 2U);
  BOOST_TEST(summary.final.edges[0].counters.depth == 0U);
}

BOOST_AUTO_TEST_CASE(a_wrong_payload_from_an_any_port_is_refused_counted_and_logged) {
  flow_fixture fixture;
  const auto seen = std::make_shared<std::vector<std::uint64_t>>();
  graph made;
  auto mixed = transform_declaration("mixed", [](node_context& context, std::size_t, message& in) {
    if (in.get<std::uint64_t>() % 2 == 0)
      context.emit(0, std::move(in));
    else
      context.emit(0, in.with(text("odd")));
  });
  mixed.ports.outputs[0].type = port_type::any();
  made.nodes = {source_declaration("numbers", 10'000), mixed, collecting_sink("sink", seen)};
  made.edges = {edge_between("numbers", "mixed"),
                edge_between("mixed", "sink", with_policy(overflow_policy::block, 16))};
  const auto summary = fixture.run(made);
  BOOST_TEST(seen->size() == 5000U);
  BOOST_TEST(summary.final.edges[1].counters.refused_type == 5000U);
}

BOOST_AUTO_TEST_CASE(destroying_the_runtime_ends_a_running_flow) {
  auto fixture = std::make_unique<flow_fixture>();
  graph made;
  made.nodes = {source_declaration("numbers", 0),
                sink_declaration("sink", [](node_context&, std::size_t, message&) {})};
  made.edges = {edge_between("numbers", "sink")};
  const auto running = fixture->start(made);
  fixture.reset();
  BOOST_TEST((running.wait().outcome == flow_status::aborted));
}

BOOST_AUTO_TEST_SUITE_END()
