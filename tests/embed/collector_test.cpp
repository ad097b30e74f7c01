#include "metrics/flow_exposition.hpp"
#include "runtime/embed/collector.hpp"
#include "tests/embed/embed_scene.hpp"

#include <boost/test/unit_test.hpp>
#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <memory>
#include <optional>
#include <string>

using namespace sluice;
using namespace sluice::testing;

BOOST_AUTO_TEST_SUITE(collectors)

BOOST_AUTO_TEST_CASE(one_collects_the_metrics_that_a_scrape_of_our_own_has) {
  embed_scene scene;
  const auto collector = flow_collector(scene.fixture.runtime());
  BOOST_TEST(collector->Collect().empty());
  const auto numbers = scene.b.inlet<int>("numbers");
  scene.b.sink(numbers, "seen", [](int) {});
  const auto running = scene.start();
  BOOST_TEST(numbers.try_push(1));
  numbers.close();
  scene.fixture.finish(running);
  // The last handler of a node may be counted a moment after its flow has ended.
  const auto ours = [&] { return render_flows(scene.fixture.runtime().snapshots()); };
  std::string text;
  scene.fixture.await(
      [&] {
        const auto before = ours();
        text = prometheus::TextSerializer{}.Serialize(collector->Collect());
        return before == ours();
      },
      running);
  BOOST_TEST(text.find("sluice_edge_delivered_total{flow=\"embedded\",edge=\"numbers.out->seen.in\"} 1") !=
                 std::string::npos,
             text);
  BOOST_TEST(text == ours());
}

BOOST_AUTO_TEST_CASE(one_outlives_its_runtime_and_collects_nothing_then) {
  auto runtime = std::make_optional<flow_runtime>(runtime_options{1});
  flow_builder b("held");
  const auto numbers = b.inlet<int>("numbers");
  b.sink(numbers, "seen", [](int) {});
  const auto running = b.start(*runtime);
  const auto collector = flow_collector(*runtime);
  BOOST_TEST(!collector->Collect().empty());
  runtime.reset();
  BOOST_TEST(collector->Collect().empty());
}

BOOST_AUTO_TEST_CASE(flows_that_nobody_holds_any_more_are_gone_from_it) {
  embed_scene scene;
  const auto collector = flow_collector(scene.fixture.runtime());
  {
    const auto numbers = scene.b.inlet<int>("numbers");
    scene.b.sink(numbers, "seen", [](int) {});
    auto running = std::make_optional(scene.start());
    BOOST_TEST(!collector->Collect().empty());
    numbers.close();
    scene.fixture.finish(*running);
  }
  // Its actors let go of it a moment after they have said so.
  flow_builder other;
  const auto more = other.inlet<int>("more");
  other.sink(more, "seen", [](int) {});
  const auto patient = other.start(scene.fixture.runtime());
  scene.fixture.await(
      [&] {
        return prometheus::TextSerializer{}.Serialize(collector->Collect()).find("\"embedded\"") ==
               std::string::npos;
      },
      patient);
  more.close();
  scene.fixture.finish(patient);
}

BOOST_AUTO_TEST_SUITE_END()
