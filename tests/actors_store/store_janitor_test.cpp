#include "actors/messaging/send.hpp"
#include "actors/store/store_janitor.hpp"
#include "actors/store/store_messages.hpp"
#include "persistence/operations/command_run.hpp"
#include "persistence/operations/create_run.hpp"
#include "tests/support/step_graphs.hpp"
#include "tests/support/store_actors_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
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

template <class Place>
uuid only_run(store_actors_scene<Place>& scene) {
  return scene.access()
      .template read<uuid>([](store& in, utc_time) { return in.runs().list({.limit = 1}).at(0).id; })
      .get();
}

/// The clocks of a host, which a test moves. Any thread. They outlive the scene, whose janitor looks at them.
class moved_clocks {
public:
  run_clock both() const {
    return {[this] { return utc_time(std::chrono::milliseconds{wall_}); },
            [this] {
              ++looks_;
              return boot_instant{"boot-1", std::chrono::milliseconds{boot_}};
            }};
  }
  /// How often somebody has begun to look at them.
  int looks() const { return looks_; }
  /// The wall clock is set.
  void set_forth(std::chrono::milliseconds by) { wall_ += by.count(); }
  void wait(std::chrono::milliseconds time) {
    wall_ += time.count();
    boot_ += time.count();
  }

private:
  std::atomic<std::int64_t> wall_ =
      parse_utc_time("2026-11-21T12:00:00.000Z").value().time_since_epoch().count();
  std::atomic<std::int64_t> boot_ = 100'000;
  mutable std::atomic<int> looks_ = 0;
};

/// A janitor that ends with its test.
class running_janitor {
public:
  running_janitor(caf::actor_system& in, const janitor_settings& settings)
      : actor_(spawn_store_janitor(in, settings)) {}
  ~running_janitor() { send_urgent(actor_, stop_store{}); }
  running_janitor(const running_janitor&) = delete;
  running_janitor& operator=(const running_janitor&) = delete;

  void keep(const retention_rules& rules) const { send_urgent(actor_, keep_by{rules}); }

private:
  caf::actor actor_;
};

template <class Place>
janitor_settings settings_of(store_actors_scene<Place>& scene, const moved_clocks& clocks) {
  janitor_settings settings;
  settings.store = scene.access();
  settings.clock = clocks.both();
  settings.log = scene.actors.log();
  settings.breath = 1ms;
  return settings;
}

/// Calls `look`, which takes some time, until it is satisfied or has been for long enough.
template <class Look>
bool comes_true(Look look) {
  for (const auto end = std::chrono::steady_clock::now() + patience; std::chrono::steady_clock::now() < end;)
    if (look())
      return true;
  return false;
}

} // namespace

BOOST_AUTO_TEST_SUITE(store_janitors)

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_old_goes_piece_by_piece_until_nothing_is_left, Place, store_places) {
  const moved_clocks clocks;
  store_actors_scene<Place> scene;
  cancel_runs(scene, 500);
  auto settings = settings_of(scene, clocks);
  settings.keep.runs = 1h;
  settings.rows = 50;
  const auto meters = settings.meters;
  const running_janitor janitor(scene.actors.system(), settings);
  BOOST_TEST(comes_true([&] { return count_runs(scene) == 0 && meters->runs == 500; }));
  // In pieces of about 50 rows, not all at once.
  BOOST_TEST(scene.stores.meters().groups > 30u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(others_write_between_the_pieces_of_one_run, Place, store_places) {
  const moved_clocks clocks;
  store_actors_scene<Place> scene;
  cancel_runs(scene, 1);
  add_events(scene, 20'000);
  const auto run = only_run(scene);
  auto settings = settings_of(scene, clocks);
  settings.keep.runs = 1h;
  settings.breath = 2ms;
  settings.rows = 100;
  const auto meters = settings.meters;
  const running_janitor janitor(scene.actors.system(), settings);
  // What is left of the run, as those saw it who wrote meanwhile.
  auto seen = std::make_shared<std::set<std::uint64_t>>();
  BOOST_TEST(comes_true([&] {
    scene.write([run, seen](store& in) {
      if (const auto left = in.events().of_run(run, 0, 1); !left.empty())
        seen->insert(left.front().seq);
    });
    return meters->runs == 1;
  }));
  // Each of its pieces was a transaction of its own, and between most of them others had a turn.
  BOOST_TEST(scene.stores.meters().groups > 200u);
  BOOST_TEST(seen->size() > 20u);
}

BOOST_AUTO_TEST_CASE(between_two_pieces_it_pauses) {
  const moved_clocks clocks;
  store_actors_scene<in_memory> scene;
  cancel_runs(scene, 1);
  add_events(scene, 1'000);
  auto settings = settings_of(scene, clocks);
  settings.keep.runs = 1h;
  settings.breath = 20ms;
  settings.rows = 100;
  const auto meters = settings.meters;
  const auto begun = std::chrono::steady_clock::now();
  const running_janitor janitor(scene.actors.system(), settings);
  BOOST_TEST(comes_true([&] {
    count_runs(scene);
    return meters->runs == 1;
  }));
  BOOST_TEST((std::chrono::steady_clock::now() - begun >= 10 * 20ms));
}

BOOST_AUTO_TEST_CASE(it_is_told_how_far_behind_it_is) {
  const moved_clocks clocks;
  store_actors_scene<in_memory> scene;
  cancel_runs(scene, 2);
  auto settings = settings_of(scene, clocks);
  settings.keep.runs = 1h;
  // Only the first piece.
  settings.breath = 24h;
  settings.rows = 1;
  const auto meters = settings.meters;
  const running_janitor janitor(scene.actors.system(), settings);
  BOOST_TEST(comes_true([&] {
    count_runs(scene);
    return meters->behind_milliseconds == 23u * 3'600'000u;
  }));
  janitor.keep({});
  BOOST_TEST(comes_true([&] { return meters->behind_milliseconds == 0; }));
}

BOOST_AUTO_TEST_CASE(a_store_that_fails_is_logged_once_and_it_goes_on_when_that_works_again) {
  const moved_clocks clocks;
  store_actors_scene<in_file> scene;
  cancel_runs(scene, 3);
  const auto file = scene.place.path();
  const auto away = file.native() + ".away";
  std::filesystem::rename(file, away);
  auto settings = settings_of(scene, clocks);
  settings.keep.runs = 1h;
  settings.pause = 1ms;
  const auto meters = settings.meters;
  const running_janitor janitor(scene.actors.system(), settings);
  const auto said_of_retention = [&] {
    for (;;)
      if (auto line = scene.actors.logged.take(); line.rfind("retention_", 0) == 0)
        return line;
  };
  const auto failed = said_of_retention();
  BOOST_TEST(failed.find("retention_failed: ") == 0u);
  BOOST_TEST(failed.find("[store_unavailable]") != std::string::npos);
  const auto failures = scene.stores.meters().store_failures.load();
  BOOST_TEST(comes_true([&] { return scene.stores.meters().store_failures > failures + 1; }));
  std::filesystem::rename(away, file);
  BOOST_TEST(said_of_retention().find("retention_recovered") == 0u);
  BOOST_TEST(comes_true([&] { return meters->runs == 3; }));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_wall_clock_that_was_set_makes_nothing_old, Place, store_places) {
  moved_clocks clocks;
  store_actors_scene<Place> scene;
  cancel_runs(scene, 3);
  auto settings = settings_of(scene, clocks);
  settings.keep.runs = 30 * 24h;
  settings.pause = 1ms;
  const auto meters = settings.meters;
  const running_janitor janitor(scene.actors.system(), settings);
  // Once it looks for the second time it knows the time from before, and has found nothing.
  BOOST_TEST(comes_true([&] { return clocks.looks() > 1; }));
  clocks.set_forth(31 * 24h);
  const auto said = scene.actors.logged.take();
  BOOST_TEST(said.find("retention_failed: the wall clock was set forth by 744 h 00 min") == 0u, said);
  BOOST_TEST(said.find("[clock_moved]") != std::string::npos);
  clocks.wait(1h);
  clocks.set_forth(-31 * 24h);
  BOOST_TEST(scene.actors.logged.take().find("retention_recovered") == 0u);
  BOOST_TEST(count_runs(scene) == 3u);
  // Here the time goes by.
  clocks.wait(31 * 24h);
  BOOST_TEST(comes_true([&] { return count_runs(scene) == 0; }));
}

BOOST_AUTO_TEST_CASE(a_new_time_that_holds_for_a_day_counts) {
  moved_clocks clocks;
  store_actors_scene<in_memory> scene;
  cancel_runs(scene, 3);
  auto settings = settings_of(scene, clocks);
  settings.keep.runs = 30 * 24h;
  settings.pause = 1ms;
  const running_janitor janitor(scene.actors.system(), settings);
  BOOST_TEST(comes_true([&] { return clocks.looks() > 1; }));
  clocks.set_forth(31 * 24h);
  BOOST_TEST(scene.actors.logged.take().find("retention_failed") == 0u);
  BOOST_TEST(count_runs(scene) == 3u);
  clocks.wait(24h);
  BOOST_TEST(comes_true([&] { return count_runs(scene) == 0; }));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(other_rules_hold_without_a_restart, Place, store_places) {
  const moved_clocks clocks;
  store_actors_scene<Place> scene;
  cancel_runs(scene, 3);
  const auto settings = settings_of(scene, clocks);
  const auto meters = settings.meters;
  const running_janitor janitor(scene.actors.system(), settings);
  BOOST_TEST(count_runs(scene) == 3u);
  janitor.keep({.runs = 1h, .audit = 1h});
  BOOST_TEST(comes_true([&] {
    count_runs(scene);
    return meters->audit_rows == 3;
  }));
  BOOST_TEST(meters->runs == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
