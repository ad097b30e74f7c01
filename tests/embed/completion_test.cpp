#include "runtime/embed/host_actors.hpp"
#include "tests/embed/embed_scene.hpp"
#include "tests/support/host_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

using namespace sluice;
using namespace sluice::testing;

namespace {

/// A flow that runs until its inlet is closed.
struct open_scene : embed_scene {
  inlet<int> numbers = b.inlet<int>("numbers");
  open_scene() {
    b.sink(numbers, "seen", [](int) {});
  }
};

/// Notes why actors went, and what it is told of flows.
struct observer_scene : open_scene {
  host_scene host;
  std::shared_ptr<gathering<caf::error>> downs = std::make_shared<gathering<caf::error>>();
  std::shared_ptr<gathering<flow_over>> ends = std::make_shared<gathering<flow_over>>();

  caf::actor observer(const std::vector<caf::actor>& watched) {
    return host.system().spawn<host_actor>([this, watched](host_actor& self) -> caf::behavior {
      self.set_down_handler(
          [to = downs](caf::scheduled_actor*, caf::down_msg& down) { to->put(down.reason); });
      for (const auto& each : watched)
        self.monitor(each);
      return {[to = ends](const flow_over& over) { to->put(over); }};
    });
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(completion)

BOOST_AUTO_TEST_CASE(futures_have_the_summary_when_the_flow_has_ended) {
  open_scene scene;
  const auto running = scene.start();
  const auto first = running.done();
  const auto second = running.done();
  BOOST_TEST((first.wait_for(std::chrono::seconds{0}) == std::future_status::timeout));
  BOOST_TEST(scene.numbers.try_push(1));
  scene.numbers.close();
  BOOST_REQUIRE((first.wait_for(patience) == std::future_status::ready));
  BOOST_REQUIRE((second.wait_for(patience) == std::future_status::ready));
  BOOST_TEST(counters_of(first.get().final, "seen").in == 1U);
  scene.fixture.finish(running);
  BOOST_TEST((running.done().wait_for(std::chrono::seconds{0}) == std::future_status::ready));
}

BOOST_AUTO_TEST_CASE(calls_come_once_each_in_order_also_when_no_handle_is_left) {
  open_scene scene;
  const auto called = std::make_shared<gathering<int>>();
  {
    const auto running = scene.start();
    for (int i = 0; i < 3; ++i)
      running.when_ended([called, i](const flow_summary& summary) {
        called->put(summary.outcome == flow_status::finished ? i : -1);
      });
  }
  scene.numbers.close();
  BOOST_REQUIRE(called->wait_for(3));
  BOOST_TEST(called->values() == (std::vector<int>{0, 1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_call_that_is_asked_for_after_the_end_comes_at_once) {
  open_scene scene;
  const auto running = scene.start();
  running.abort("enough");
  scene.fixture.finish(running);
  bool called = false;
  running.when_ended([&](const flow_summary& summary) { called = summary.reason == "enough"; });
  BOOST_TEST(called);
}

BOOST_AUTO_TEST_CASE(a_call_that_throws_disturbs_no_other) {
  open_scene scene;
  const auto called = std::make_shared<gathering<int>>();
  const auto running = scene.start();
  running.when_ended([](const flow_summary&) { throw std::runtime_error("not this one"); });
  running.when_ended([called](const flow_summary&) { called->put(1); });
  scene.numbers.close();
  BOOST_REQUIRE(called->wait_for(1));
  bool logged = false;
  for (const auto& line : scene.fixture.log())
    logged = logged || line.find("not this one") != std::string::npos;
  BOOST_TEST(logged);
}

BOOST_AUTO_TEST_CASE(an_actor_may_monitor_a_flow_that_finishes) {
  observer_scene scene;
  const auto running = scene.start();
  const auto observer = scene.observer({flow_watcher(scene.host.system(), running)});
  scene.numbers.close();
  BOOST_REQUIRE(scene.downs->wait_for(1));
  BOOST_TEST(!scene.downs->values().front());
}

BOOST_AUTO_TEST_CASE(an_actor_may_monitor_a_flow_that_is_aborted_and_sees_why) {
  observer_scene scene;
  const auto running = scene.start();
  const auto observer = scene.observer({flow_watcher(scene.host.system(), running)});
  running.abort("enough");
  BOOST_REQUIRE(scene.downs->wait_for(1));
  const auto why = scene.downs->values().front();
  BOOST_TEST((why.code() == static_cast<std::uint8_t>(flow_failure::aborted)));
  BOOST_TEST(why.context().match_elements<std::string>());
  BOOST_TEST(why.context().get_as<std::string>(0) == "enough");
  // One that begins to watch late sees the same.
  const auto late = scene.observer({flow_watcher(scene.host.system(), running)});
  BOOST_REQUIRE(scene.downs->wait_for(2));
  BOOST_TEST((scene.downs->values().back().code() == static_cast<std::uint8_t>(flow_failure::aborted)));
}

BOOST_AUTO_TEST_CASE(an_actor_may_be_told_of_the_end_of_a_flow) {
  observer_scene scene;
  const auto running = scene.start();
  const auto observer = scene.observer({});
  tell_when_ended(running, observer);
  BOOST_TEST(scene.numbers.try_push(1));
  scene.numbers.close();
  BOOST_REQUIRE(scene.ends->wait_for(1));
  const auto over = scene.ends->values().front();
  BOOST_TEST(over.flow == "embedded");
  BOOST_TEST((over.summary.outcome == flow_status::finished));
  BOOST_TEST(counters_of(over.summary.final, "seen").in == 1U);
}

BOOST_AUTO_TEST_CASE(an_actor_that_is_gone_by_then_is_not_told) {
  const auto gone = std::make_shared<gathering<int>>();
  const auto called = std::make_shared<gathering<int>>();
  std::shared_ptr<gathering<flow_over>> ends;
  {
    observer_scene scene;
    ends = scene.ends;
    const auto running = scene.start();
    {
      const auto observer = scene.observer({});
      observer->attach_functor([gone] { gone->put(1); });
      tell_when_ended(running, observer);
    }
    running.when_ended([called](const flow_summary&) { called->put(1); });
    // No BOOST_REQUIRE: an actor that the flow keeps alive keeps its system waiting until the flow has ended.
    BOOST_TEST(gone->wait_for(1));
    scene.numbers.close();
    BOOST_TEST((scene.fixture.finish(running).outcome == flow_status::finished));
    BOOST_TEST(called->wait_for(1));
  }
  // Runtime and host are gone, and the actors with them: nothing is still to come.
  BOOST_TEST(ends->size() == 0U);
}

BOOST_AUTO_TEST_CASE(a_handle_without_an_actor_cannot_be_told) {
  open_scene scene;
  const auto running = scene.start();
  BOOST_CHECK_EXCEPTION(tell_when_ended(running, caf::actor()), error, [](const error& refused) {
    return refused.code() == "bad_value" &&
           std::string(refused.what()).find("'embedded'") != std::string::npos;
  });
  scene.numbers.close();
  scene.fixture.finish(running);
}

BOOST_AUTO_TEST_SUITE_END()
