#include "tests/server/flow_scene.hpp"
#include "tests/support/scratch_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

std::uint64_t delivered(const kept_flow& flow) {
  return flow.snapshot().edges.at(0).counters.delivered;
}

std::string code_of(const std::function<void()>& attempt) {
  try {
    attempt();
    return "";
  } catch (const error& refused) {
    return refused.code();
  }
}

/// `CODE path line:column` of each.
std::vector<std::string> shown(const findings& all) {
  std::vector<std::string> lines;
  for (const auto& one : all)
    lines.push_back(one.code + " " + one.path + " " + std::to_string(one.position.line) + ":" +
                    std::to_string(one.position.column));
  return lines;
}

using lines = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(the_flows_of_a_server)

BOOST_AUTO_TEST_CASE(run_to_their_end_and_are_remembered_with_who_when_and_how) {
  flow_scene scene;
  const auto started = scene.start(counting_graph(1000));
  BOOST_TEST(started.name == "counting");
  BOOST_TEST(started.by == "ann");
  BOOST_TEST(!started.ended_at.has_value());
  const auto ended = scene.await_end(started);
  BOOST_TEST((ended.status() == flow_status::finished));
  BOOST_TEST((*ended.ended_at > ended.started_at));
  BOOST_TEST(delivered(ended) == 1000U);
  BOOST_TEST(ended.summary->discarded == 0U);
  // The end is said after it can be seen.
  scene.await(ended, [&] { return scene.log().size() >= 2; });
  const auto said = scene.log();
  BOOST_TEST(said.size() == 2U);
  BOOST_TEST(said.at(0).starts_with("flow_started: flow 'counting'"));
  BOOST_TEST(said.at(1).starts_with("flow_ended: flow 'counting'"));
}

BOOST_AUTO_TEST_CASE(are_called_as_their_starter_says_also_in_metrics) {
  flow_scene scene;
  const auto running = scene.start(counting_graph(0), "other");
  BOOST_TEST(running.name == "other");
  BOOST_TEST(running.snapshot().name == "other");
  BOOST_TEST(code_of([&] {
               (void)scene.keeper.check({counting_graph(0), {}, "two\nlines", true});
             }) == "bad_name");
}

BOOST_AUTO_TEST_CASE(are_not_started_from_a_graph_with_mistakes_which_are_told_with_their_places) {
  flow_scene scene;
  const auto answer =
      scene.keeper.start("version: 1\nnodes:\n  a: { type: generat }\nedges: []\n", {}, {}, "ann", true);
  BOOST_TEST(!answer.started.has_value());
  BOOST_REQUIRE(!answer.found.empty());
  BOOST_TEST(shown(answer.found).front() == "UNKNOWN_TYPE nodes.a.type 3:14");
  BOOST_TEST(scene.keeper.list().empty());
}

BOOST_AUTO_TEST_CASE(have_no_standard_streams_whoever_asks) {
  flow_scene scene;
  const auto answer = scene.keeper.start(
      "version: 1\nnodes:\n  in: { type: stdin }\n  out: { type: stdout }\nedges:\n  - in -> out\n", {}, {},
      "ann", true);
  BOOST_TEST(!answer.started.has_value());
  BOOST_TEST(shown(answer.found) ==
                 (lines{"NOT_ALLOWED nodes.in.type 3:15", "NOT_ALLOWED nodes.out.type 4:16"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(touch_files_and_programs_only_for_those_who_may_also_in_subgraphs) {
  flow_scene scene;
  const std::string yaml = "version: 1\n"
                           "nodes:\n"
                           "  numbers: { type: generate, count: 1 }\n"
                           "  inner:\n"
                           "    graph:\n"
                           "      nodes:\n"
                           "        save: { type: file, path: /dev/null }\n"
                           "      edges: []\n"
                           "      inputs: { in: save.in }\n"
                           "edges:\n"
                           "  - numbers -> inner\n";
  const auto refused = scene.keeper.start(yaml, {}, {}, "bob", false);
  BOOST_TEST(!refused.started.has_value());
  BOOST_TEST(shown(refused.found) == (lines{"NOT_ALLOWED nodes.inner.graph.nodes.save.type 7:23"}),
             boost::test_tools::per_element());
  (void)scene.await_end(scene.start(yaml));
  const auto program = "version: 1\nnodes:\n  run: { type: exec, command: [true] }\n  out: { type: null }\n"
                       "edges:\n  - run -> out\n";
  BOOST_TEST(shown(scene.keeper.check({program, {}, {}, false}).found).front() ==
             "NOT_ALLOWED nodes.run.type 3:16");
  BOOST_TEST((scene.keeper.check({program, {}, {}, true}).plan != nullptr));
}

BOOST_AUTO_TEST_CASE(that_came_by_the_network_read_neither_files_nor_the_environment) {
  scratch_folder folder;
  std::ofstream(folder.path() / "part.yaml")
      << "version: 1\nnodes: { a: { type: generate, count: 1 } }\noutputs: { out: a.out }\n";
  flow_scene scene;
  const std::string yaml =
      "version: 1\nnodes:\n  part: { graph: { file: part.yaml } }\n  out: { type: null }\n"
      "edges:\n  - part -> out\n";
  const auto refused = scene.keeper.check({yaml, {}, {}, true});
  BOOST_TEST((refused.plan == nullptr));
  const auto file = (folder.path() / "whole.yaml").string();
  BOOST_TEST((scene.keeper.check({yaml, file, {}, true}).plan != nullptr));

  const environment_lookup all_set = [](std::string_view) { return std::optional<std::string>("12"); };
  const flow_keeper reading(
      scene.runtime, scene.nodes, [&] { return scene.now; }, {}, all_set);
  std::string counted = counting_graph(1);
  counted.replace(counted.find("count: 1"), 8, "count: '${COUNT}'");
  BOOST_TEST((reading.check({counted, {}, {}, true}).plan == nullptr));
  BOOST_TEST((reading.check({counted, file, {}, true}).plan != nullptr));
}

BOOST_AUTO_TEST_CASE(stand_still_soon_after_a_pause_within_ten_million_messages_and_go_on_without_loss) {
  constexpr std::uint64_t count = 10'000'000;
  flow_scene scene;
  const auto running = scene.start(counting_graph(count));
  scene.await(running, [&] { return delivered(running) > 100'000; });
  for (int round = 0; round < 3 && !running.handle.wait_for(0ns); ++round) {
    const auto begin = std::chrono::steady_clock::now();
    running.handle.pause();
    auto last = delivered(running);
    auto changed_at = begin;
    // Still: paused, and for a while nothing has moved.
    scene.await(running, [&] {
      const auto look = std::chrono::steady_clock::now();
      if (const auto now = delivered(running); std::exchange(last, now) != now)
        changed_at = look;
      return running.status() == flow_status::paused && look - changed_at > 50ms;
    });
    const auto took = std::chrono::duration<double, std::milli>(changed_at - begin).count();
    BOOST_TEST_MESSAGE("paused at " << last << " messages; the last one moved " << took << " ms after");
    // 100 ms is what it may take on a quiet machine (the text above says how long it was); one that builds
    // beside the test may not let the flow run for seconds.
    BOOST_TEST(took < 30'000);
    BOOST_TEST(last < count);
    for (const auto& node : running.snapshot().nodes)
      BOOST_TEST((node.status == node_status::paused), node.id);
    running.handle.resume();
    scene.await(running, [&] { return delivered(running) > last; });
  }
  const auto ended = scene.await_end(running);
  BOOST_TEST(delivered(ended) == count);
  BOOST_TEST(ended.summary->discarded == 0U);
}

BOOST_AUTO_TEST_CASE(drain_when_they_are_stopped) {
  flow_scene scene;
  const auto running = scene.start(counting_graph(0));
  scene.await(running, [&] { return delivered(running) > 1000; });
  running.handle.stop();
  const auto ended = scene.await_end(running);
  BOOST_TEST((ended.status() == flow_status::finished));
  const auto counters = ended.snapshot().edges.at(0).counters;
  BOOST_TEST(counters.discarded == 0U);
  BOOST_TEST(counters.delivered == counters.offered);
}

BOOST_AUTO_TEST_CASE(all_drain_at_the_end_and_no_other_is_started) {
  flow_scene scene;
  const auto one = scene.start(counting_graph(0));
  const auto other = scene.start(counting_graph(0));
  other.handle.pause();
  BOOST_TEST(!scene.keeper.wait_for_all(0ns));
  scene.keeper.stop_all(30s);
  BOOST_TEST(scene.keeper.wait_for_all(flow_scene::patience));
  BOOST_TEST((scene.keeper.find(one.id)->status() == flow_status::finished));
  BOOST_TEST((scene.keeper.find(other.id)->status() == flow_status::finished));
  BOOST_TEST(code_of([&] { (void)scene.start(counting_graph(1)); }) == "draining");
}

BOOST_AUTO_TEST_CASE(are_listed_newest_first_and_forgotten_when_a_hundred_others_have_ended) {
  flow_scene scene;
  const auto running = scene.start(counting_graph(0), "running");
  const auto first = scene.start(counting_graph(1), "first");
  (void)scene.await_end(first);
  for (int i = 0; i < 100; ++i)
    (void)scene.await_end(scene.start(counting_graph(1)));
  const auto all = scene.keeper.list();
  BOOST_TEST(all.size() == 101U);
  BOOST_TEST((all.back().id == running.id));
  BOOST_TEST(!scene.keeper.find(first.id).has_value());
  BOOST_TEST(std::is_sorted(all.rbegin(), all.rend(),
                            [](const kept_flow& a, const kept_flow& b) { return a.id < b.id; }));
}

BOOST_AUTO_TEST_CASE(show_metrics_of_the_running_one_when_another_of_that_name_has_ended) {
  flow_scene scene;
  (void)scene.await_end(scene.start(counting_graph(1)));
  BOOST_TEST(scene.keeper.snapshots().size() == 1U);
  (void)scene.start(counting_graph(0));
  const auto shown = scene.keeper.snapshots();
  BOOST_REQUIRE(shown.size() == 1U);
  BOOST_TEST((shown.front().status != flow_status::finished));
}

BOOST_AUTO_TEST_CASE(show_what_they_counted_for_five_minutes_after_their_end_and_how_they_ended_for_longer) {
  flow_scene scene;
  (void)scene.await_end(scene.start(counting_graph(7)));
  const auto fresh = scene.keeper.snapshots();
  BOOST_REQUIRE(fresh.size() == 1U);
  BOOST_TEST(fresh.front().edges.at(0).counters.delivered == 7U);
  {
    const std::lock_guard lock(scene.mutex);
    scene.now += 5min;
  }
  const auto old = scene.keeper.snapshots();
  BOOST_REQUIRE(old.size() == 1U);
  BOOST_TEST(old.front().name == "counting");
  BOOST_TEST((old.front().status == flow_status::finished));
  BOOST_TEST(old.front().edges.empty());
  BOOST_TEST(old.front().nodes.empty());
  BOOST_TEST(delivered(scene.keeper.list().front()) == 7U);
}

BOOST_AUTO_TEST_CASE(show_what_the_last_25_that_ended_have_counted) {
  flow_scene scene;
  for (int i = 0; i < 30; ++i)
    (void)scene.await_end(scene.start(counting_graph(1), "flow-" + std::to_string(i)));
  const auto shown = scene.keeper.snapshots();
  BOOST_REQUIRE(shown.size() == 30U);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    BOOST_TEST(shown[i].name == "flow-" + std::to_string(29 - i));
    BOOST_TEST(shown[i].edges.empty() == (i >= 25));
  }
}

BOOST_AUTO_TEST_CASE(have_no_more_threads_together_than_the_server_can_bear) {
  flow_scene scene;
  std::string yaml = "version: 1\nnodes:\n  numbers: { type: generate }\n";
  std::string edges = "edges:\n";
  for (int i = 0; i < 1000; ++i) {
    yaml += "  n" + std::to_string(i) + ": { type: null, execution: blocking }\n";
    edges += "  - numbers -> n" + std::to_string(i) + "\n";
  }
  BOOST_TEST(code_of([&] { (void)scene.start(yaml + edges); }) == "too_many_flows");
  BOOST_TEST(scene.keeper.list().empty());
}

BOOST_AUTO_TEST_SUITE_END()
