#include "model/base/error.hpp"
#include "persistence/operations/age_out.hpp"
#include "persistence/sqlite/maintenance.hpp"
#include "tests/support/raw_database.hpp"
#include "tests/support/store_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t piece_rows = 1'000;
const retention_rules only_runs_of_a_week{.runs = 7 * 24h, .audit = {}};

/// Returns a run that is over, long ago soon, after so many events.
template <class Backend>
uuid chatty_run(store_scene<Backend>& scene, std::size_t count) {
  const auto run = scene.submit_chain({"a"});
  scene.commit([&] {
    auto row = scene.in().runs().find(run).value();
    std::vector<run_event> events(count);
    for (auto& each : events) {
      each.run = run;
      each.seq = ++row.last_seq;
      each.kind = run_event_kind::step_log;
      each.at = scene.now;
      each.payload = json::parse("{}");
    }
    scene.in().events().append(events);
    const auto seen = row.version++;
    return scene.in().runs().update(row, seen);
  });
  scene.tell(run, run_command::cancel);
  return run;
}

template <class Backend>
aged_out sweep(store_scene<Backend>& scene, std::size_t rows = piece_rows) {
  return scene.commit([&] { return age_out(scene.in(), only_runs_of_a_week, scene.now, rows); });
}

template <class Backend>
std::vector<run_event> events_of(store_scene<Backend>& scene, const uuid& run,
                                 std::size_t limit = 1'000'000) {
  return scene.commit([&] { return scene.in().events().of_run(run, 0, limit); });
}

template <class Backend>
std::int64_t removed_through(store_scene<Backend>& scene) {
  return scene.commit([&] { return scene.in().events().removed_through(); });
}

} // namespace

BOOST_AUTO_TEST_SUITE(ageing_out_in_pieces)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_run_of_many_events_goes_in_pieces_the_oldest_first, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto run = chatty_run(scene, 4'500);
  scene.wait(8 * 24h);
  const auto before = events_of(scene, run).size();
  for (std::size_t left = before; left > piece_rows;) {
    const auto done = sweep(scene);
    BOOST_TEST(done.runs == 0u);
    BOOST_TEST(done.more);
    BOOST_TEST(done.rows <= piece_rows);
    const auto events = events_of(scene, run);
    BOOST_REQUIRE(events.size() < left);
    left = events.size();
    // What is left follows without gaps, up to the last.
    BOOST_TEST(events.front().seq == before - left + 1);
    BOOST_TEST(events.back().seq == before);
    BOOST_TEST(removed_through(scene) == events.front().id - 1);
    BOOST_TEST(scene.commit([&] { return scene.in().runs().find(run).has_value(); }));
  }
  const auto last = sweep(scene);
  BOOST_TEST(last.runs == 1u);
  BOOST_TEST(!last.more);
  BOOST_TEST(!scene.commit([&] { return scene.in().runs().find(run).has_value(); }));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_piece_that_takes_just_the_last_event_takes_the_run, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto run = chatty_run(scene, 10);
  scene.wait(8 * 24h);
  const auto rows =
      events_of(scene, run).size() + scene.commit([&] { return scene.in().commands().list(run).size(); });
  // Otherwise a run without events would be left, on which nothing could follow.
  BOOST_TEST(sweep(scene, rows).runs == 1u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_run_that_is_resumed_between_two_pieces_keeps_the_rest_and_goes_on, Backend,
                              store_backends) {
  store_scene<Backend> scene;
  const auto run = chatty_run(scene, 2'500);
  scene.wait(8 * 24h);
  sweep(scene);
  const auto left = events_of(scene, run);
  BOOST_REQUIRE(!left.empty());
  scene.tell(run, run_command::resume);
  auto claimed = scene.claim(scene.first);
  BOOST_REQUIRE(claimed.run.has_value());
  BOOST_TEST((scene.finish(*claimed.run, scene.first).status == run_status::succeeded));
  const auto events = events_of(scene, run);
  BOOST_TEST(events.size() > left.size());
  BOOST_TEST(events.front().seq == left.front().seq);
  for (std::size_t i = 1; i < events.size(); ++i)
    BOOST_REQUIRE(events[i].seq == events[i - 1].seq + 1);
  BOOST_TEST(sweep(scene).rows == 0u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_piece_that_is_rolled_back_is_there_again, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto run = chatty_run(scene, 2'500);
  scene.wait(8 * 24h);
  const auto before = events_of(scene, run).size();
  {
    store_transaction transaction(scene.in());
    BOOST_TEST(age_out(scene.in(), only_runs_of_a_week, scene.now, piece_rows).rows == piece_rows);
  }
  const auto after = events_of(scene, run);
  BOOST_TEST(after.size() == before);
  BOOST_TEST(after.front().seq == 1u);
  BOOST_TEST(removed_through(scene) == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(ids_go_on_and_the_last_is_known_when_all_events_are_gone, Backend,
                              store_backends) {
  store_scene<Backend> scene;
  chatty_run(scene, 5);
  const auto last_id = [&] { return scene.commit([&] { return scene.in().events().last_id(); }); };
  const auto last = last_id();
  BOOST_TEST(removed_through(scene) == 0);
  scene.wait(8 * 24h);
  BOOST_TEST(sweep(scene).runs == 1u);
  BOOST_TEST(last_id() == last);
  BOOST_TEST(removed_through(scene) == last);
  const auto next = scene.submit_chain({"a"});
  BOOST_TEST(events_of(scene, next).front().id == last + 1);
  BOOST_TEST(removed_through(scene) == last);
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_events_never_go_in_one_transaction) {
  store_scene<sqlite_backend> scene;
  chatty_run(scene, 100'000);
  scene.wait(8 * 24h);
  const auto file = scene.backend.folder.path() / "runs.db";
  raw_database raw(file);
  const auto count = [&raw] {
    return std::stoul(
        raw.row("SELECT (SELECT count(*) FROM run_events) + (SELECT count(*) FROM run_commands) + "
                "(SELECT count(*) FROM run_steps) + (SELECT count(*) FROM leases) + "
                "(SELECT count(*) FROM run_state) + (SELECT count(*) FROM runs)"));
  };
  auto left = count();
  std::size_t transactions = 0;
  for (aged_out done{0, 0, true}; done.more && transactions < 1'000; ++transactions) {
    done = sweep(scene);
    const auto now = count();
    BOOST_REQUIRE(left - now <= piece_rows + 3);
    BOOST_REQUIRE(left > now);
    left = now;
    if (transactions == 50)
      for (const auto& wrong : check_database(file))
        BOOST_ERROR(wrong);
  }
  BOOST_TEST(left == 0u);
  BOOST_TEST(transactions > 100u);
}

BOOST_AUTO_TEST_SUITE_END()
