#include "actors/messaging/send.hpp"
#include "actors/store/store_janitor.hpp"
#include "actors/store/store_messages.hpp"
#include "persistence/operations/command_run.hpp"
#include "persistence/operations/create_run.hpp"
#include "tests/support/step_graphs.hpp"
#include "tests/support/store_actors_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

/// Cancels so many runs a day before the scene's time.
template <class Place>
void cancel_runs(store_actors_scene<Place>& scene, int count) {
  scene.write([=](store& in) {
    const auto then = parse_utc_time("2026-11-20T12:00:00.000Z").value();
    uuid_maker ids([next = std::uint64_t{0}]() mutable { return next++; });
    for (int i = 0; i < count; ++i) {
      run_submission submission;
      submission.graph = chain_of({"a"});
      const auto id = ids.make(then);
      create_run(in, submission, id, then);
      command_run(in, {id, run_command::cancel, "ann", "", false, then});
    }
  });
}

/// Gives the only run so many more events.
template <class Place>
void add_events(store_actors_scene<Place>& scene, std::size_t count) {
  scene.write([=](store& in) {
    auto row = in.runs().list({.limit = 1}).at(0);
    std::vector<run_event> events(count);
    for (auto& each : events) {
      each.run = row.id;
      each.seq = ++row.last_seq;
      each.kind = run_event_kind::step_log;
      each.payload = json::parse("{}");
    }
    in.events().append(events);
    const auto seen = row.version++;
    in.runs().update(row, seen);
  });
}

template <class Place>
std::size_t count_runs(store_actors_scene<Place>& scene) {
  return scene.access()
      .template read<std::size_t>(
          [](store& in, utc_time) { return in.runs().list({.limit = 10'000}).size(); })
      .get();
}

} // namespace

BOOST_AUTO_TEST_SUITE(store_janitors)

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_old_goes_piece_by_piece_until_nothing_is_left, Place, store_places) {
  store_actors_scene<Place> scene;
  cancel_runs(scene, 500);
  janitor_settings settings;
  settings.store = scene.access();
  settings.keep.runs = 1h;
  settings.log = scene.actors.log();
  settings.breath = 1ms;
  settings.rows = 50;
  const auto meters = settings.meters;
  const auto janitor = spawn_store_janitor(scene.actors.system(), settings);
  const auto end = std::chrono::steady_clock::now() + patience;
  while (meters->runs < 500 && std::chrono::steady_clock::now() < end)
    count_runs(scene);
  BOOST_TEST(meters->runs == 500u);
  BOOST_TEST(count_runs(scene) == 0u);
  // In pieces of about 50 rows, not all at once.
  BOOST_TEST(scene.stores.meters().groups > 30u);
  send_urgent(janitor, stop_store{});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(others_write_between_the_pieces_of_one_run, Place, store_places) {
  store_actors_scene<Place> scene;
  cancel_runs(scene, 1);
  add_events(scene, 20'000);
  janitor_settings settings;
  settings.store = scene.access();
  settings.keep.runs = 1h;
  settings.log = scene.actors.log();
  settings.breath = 1ms;
  settings.rows = 100;
  const auto meters = settings.meters;
  const auto janitor = spawn_store_janitor(scene.actors.system(), settings);
  std::size_t others = 0;
  const auto end = std::chrono::steady_clock::now() + patience;
  for (; meters->runs < 1 && std::chrono::steady_clock::now() < end; ++others)
    scene.write([](store& in) { in.events().last_id(); });
  BOOST_TEST(meters->runs == 1u);
  // Each of its pieces was a transaction of its own, and so let others in.
  BOOST_TEST(scene.stores.meters().groups > 200u);
  BOOST_TEST(others > 1u);
  send_urgent(janitor, stop_store{});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(other_rules_hold_without_a_restart, Place, store_places) {
  store_actors_scene<Place> scene;
  cancel_runs(scene, 3);
  janitor_settings settings;
  settings.store = scene.access();
  const auto meters = settings.meters;
  const auto janitor = spawn_store_janitor(scene.actors.system(), settings);
  BOOST_TEST(count_runs(scene) == 3u);
  send_urgent(janitor, keep_by{{.runs = 1h, .audit = 1h}});
  const auto end = std::chrono::steady_clock::now() + patience;
  while (meters->audit_rows < 3 && std::chrono::steady_clock::now() < end)
    count_runs(scene);
  BOOST_TEST(meters->runs == 3u);
  BOOST_TEST(meters->audit_rows == 3u);
  send_urgent(janitor, stop_store{});
}

BOOST_AUTO_TEST_SUITE_END()
