#include "runtime/embed/flow_runtime.hpp"
#include "runtime/embed/flow_step.hpp"
#include "tests/actors_runs/run_runtime_scene.hpp"
#include "tests/support/function_nodes.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <memory>

namespace sluice {

namespace {

constexpr std::uint64_t messages = 2'000;

/// A sink that takes its first message only when its test lets it.
class slow_sink {
public:
  void take() {
    std::unique_lock lock(mutex_);
    ++taken_;
    changed_.notify_all();
    changed_.wait_for(lock, std::chrono::minutes{1}, [&] { return open_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  bool await_first() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::minutes{1}, [&] { return taken_ > 0; });
  }
  std::uint64_t taken() {
    const std::lock_guard lock(mutex_);
    return taken_;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t taken_ = 0;
  bool open_ = false;
};

/// A run whose only step is a flow into a slow sink.
struct held_flow_scene : runtime_scene<runs_in_memory> {
  slow_sink sink;
  flow_runtime flows{{2, true, {}}};
  uuid run;

  held_flow_scene() {
    flow_step_parts parts;
    parts.load = [this](const json&, const std::string&, findings& out) { return plan(out); };
    parts.runtime = [this]() -> flow_runtime& { return flows; };
    steps->add(flow_step(std::move(parts)));
    start();
    run = submit(R"({"version": 1, "steps": {"f": {"kind": "flow", "params": {"graph": {}}}}})");
    runtime->start_worker({});
    BOOST_REQUIRE(sink.await_first());
  }
  ~held_flow_scene() {
    sink.open();
    runtime.reset();
  }

  std::shared_ptr<const flow_plan> plan(findings& out) {
    graph made;
    made.nodes.push_back(testing::source_declaration("numbers", messages));
    made.nodes.push_back(
        testing::sink_declaration("slow", [this](node_context&, std::size_t, message&) { sink.take(); }));
    // Its handler waits, which is for a thread of its own.
    made.nodes.back().execution = execution_kind::blocking;
    edge_settings settings;
    settings.capacity = 4;
    made.edges.push_back(testing::edge_between("numbers", "slow", settings));
    auto checked = validate(made, node_catalog{});
    out.insert(out.end(), checked.found.begin(), checked.found.end());
    return checked.plan;
  }

  void tell(run_command what) { BOOST_TEST(runtime->command(run, what, "ann", "").changed); }

  /// Gives everybody the time in which the same worker carries out other runs.
  void let_others_run() {
    for (int i = 0; i < 20; ++i)
      await(submit(one_noop), run_status::succeeded);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(held_flows, held_flow_scene)

BOOST_AUTO_TEST_CASE(a_run_is_paused_only_when_its_flow_stands_still) {
  tell(run_command::pause);
  await(run, run_status::pausing);
  // One of its nodes is still at work.
  let_others_run();
  BOOST_TEST((status(run) == run_status::pausing));
  sink.open();
  await(run, run_status::paused);
  BOOST_TEST(runtime->show(run).row.owned);
  const auto taken = sink.taken();
  let_others_run();
  BOOST_TEST(sink.taken() == taken);
  BOOST_TEST(taken < messages);
  tell(run_command::resume);
  await(run, run_status::succeeded);
  BOOST_TEST(sink.taken() == messages);
}

BOOST_AUTO_TEST_CASE(a_resume_that_comes_before_the_flow_stands_still_follows_the_pause) {
  tell(run_command::pause);
  await(run, run_status::pausing);
  tell(run_command::resume);
  // Otherwise the flow may be over before the pause has come to it.
  let_others_run();
  sink.open();
  await(run, run_status::succeeded);
  BOOST_TEST(sink.taken() == messages);
  BOOST_TEST(story(run).find("RUN_PAUSED") != std::string::npos, story(run));
}

BOOST_AUTO_TEST_CASE(a_flow_held_for_a_command_that_is_withdrawn_goes_on) {
  tell(run_command::intervene);
  let_others_run();
  tell(run_command::resume);
  sink.open();
  await(run, run_status::succeeded);
  BOOST_TEST(sink.taken() == messages);
}

BOOST_AUTO_TEST_CASE(a_flow_that_stands_still_drains_when_its_run_is_cancelled) {
  tell(run_command::pause);
  await(run, run_status::pausing);
  let_others_run();
  sink.open();
  await(run, run_status::paused);
  tell(run_command::cancel);
  await(run, run_status::cancelled);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice
