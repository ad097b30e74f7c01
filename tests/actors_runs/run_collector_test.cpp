#include "runtime/embed/run_collector.hpp"
#include "tests/actors_runs/run_runtime_scene.hpp"

#include <boost/test/unit_test.hpp>
#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(run_collectors)

BOOST_AUTO_TEST_CASE(one_collects_what_its_runtime_counts_and_nothing_when_that_is_gone) {
  runtime_scene<runs_in_memory> scene;
  const auto collector = run_collector(scene.start());
  scene.submit(R"({"version": 1, "steps": {"one": {"kind": "noop"}}, "entry_step": "one"})");
  (void)scene.work();
  const auto text = prometheus::TextSerializer{}.Serialize(collector->Collect());
  BOOST_TEST(text.find("sluice_run_ends_total{outcome=\"succeeded\"} 1") != std::string::npos, text);
  BOOST_TEST(text.find("sluice_store_requests_total{kind=\"write\"}") != std::string::npos, text);
  scene.runtime.reset();
  BOOST_TEST(collector->Collect().empty());
}

BOOST_AUTO_TEST_SUITE_END()
