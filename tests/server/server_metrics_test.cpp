#include "metrics/catalogue.hpp"
#include "runtime/server/server_metrics.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace sluice;

namespace {

struct counts_scene {
  run_meters runs;
  store_meters store;
  event_bus_meters bus;
  janitor_meters janitor;
  http_counters http;
  std::optional<run_counts> there = run_counts{};

  std::string render(bool ready = true) {
    return render_server({&runs, &store, &bus, &janitor, &http, ready, false, there});
  }
};

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(server_metrics)

BOOST_AUTO_TEST_CASE(every_metric_of_a_server_is_exported) {
  counts_scene scene;
  const auto text = scene.render();
  for (const auto& about : catalogue())
    // Those of rules are another family (metrics/rule_exposition.hpp).
    if (about.id >= metric::server_ready && about.id < metric::rules)
      BOOST_TEST((text.find("# TYPE " + std::string(about.name) + " ") != std::string::npos),
                 about.name << " is not exported");
}

BOOST_AUTO_TEST_CASE(numbers_stand_where_they_belong) {
  counts_scene scene;
  scene.runs.claims_with(tick_outcome::idle_lease_held) = 3;
  scene.runs.runs_given_up = 4;
  scene.store.reads = 5;
  scene.store.commit_nanoseconds = 1'500'000'000;
  scene.bus.subscribers = 6;
  scene.janitor.runs = 8;
  scene.janitor.audit_rows = 9;
  scene.janitor.behind_milliseconds = 2'500;
  scene.http.answers[4] = 7;
  scene.there->at(static_cast<std::size_t>(run_status::blocked)) = 10;
  const auto text = scene.render(false);
  BOOST_TEST(has_line(text, "sluice_ready 0"));
  BOOST_TEST(has_line(text, "sluice_runs{status=\"queued\"} 0"));
  BOOST_TEST(has_line(text, "sluice_runs{status=\"blocked\"} 10"));
  BOOST_TEST(has_line(text, "sluice_worker_ticks_total{outcome=\"idle_lease_held\"} 3"));
  BOOST_TEST(has_line(text, "sluice_run_ends_total{outcome=\"given_up\"} 4"));
  BOOST_TEST(has_line(text, "sluice_store_requests_total{kind=\"read\"} 5"));
  BOOST_TEST(has_line(text, "sluice_store_commit_seconds_total 1.5"));
  BOOST_TEST(has_line(text, "sluice_event_subscribers 6"));
  BOOST_TEST(has_line(text, "sluice_retention_runs_total 8"));
  BOOST_TEST(has_line(text, "sluice_retention_audit_rows_total 9"));
  BOOST_TEST(has_line(text, "sluice_retention_behind_seconds 2.5"));
  BOOST_TEST(has_line(text, "sluice_http_answers_total{class=\"4xx\"} 7"));
}

BOOST_AUTO_TEST_CASE(runs_that_nobody_could_count_are_not_shown_as_none) {
  counts_scene scene;
  scene.there.reset();
  BOOST_TEST((scene.render().find("sluice_runs{") == std::string::npos));
}

BOOST_AUTO_TEST_SUITE_END()
