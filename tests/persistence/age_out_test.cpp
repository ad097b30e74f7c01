#include "persistence/operations/age_out.hpp"
#include "persistence/sqlite/database_vacuum.hpp"
#include "persistence/sqlite/maintenance.hpp"
#include "tests/support/store_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t plenty = 100'000;

template <class Backend>
aged_out sweep(store_scene<Backend>& scene, const retention_rules& keep, std::size_t rows = plenty) {
  return scene.commit([&] { return age_out(scene.in(), keep, scene.now, rows); });
}

template <class Backend>
bool is_there(store_scene<Backend>& scene, const uuid& run) {
  return scene.commit([&] { return scene.in().runs().find(run).has_value(); });
}

/// Returns a run that has ended, with two steps, commands and events.
template <class Backend>
uuid ended_run(store_scene<Backend>& scene) {
  const auto id = scene.submit_chain({"a", "b"});
  auto claimed = scene.claim(scene.first);
  BOOST_REQUIRE(claimed.run.has_value());
  scene.finish(*claimed.run, scene.first);
  return id;
}

/// Returns a run that was cancelled.
template <class Backend>
uuid cancelled_run(store_scene<Backend>& scene) {
  const auto id = scene.submit_chain({"a"});
  scene.tell(id, run_command::cancel);
  return id;
}

const retention_rules week_of_runs{.runs = 7 * 24h, .audit = {}};

} // namespace

BOOST_AUTO_TEST_SUITE(ageing_out)

BOOST_AUTO_TEST_CASE_TEMPLATE(runs_that_are_over_for_longer_than_the_rule_go_whole, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto old = ended_run(scene);
  const auto cancelled = cancelled_run(scene);
  scene.wait(8 * 24h);
  const auto fresh = ended_run(scene);
  const auto waiting = scene.submit_chain({"a"});
  const auto done = sweep(scene, week_of_runs);
  BOOST_TEST(done.runs == 2u);
  BOOST_TEST(!done.more);
  BOOST_TEST(!is_there(scene, old));
  BOOST_TEST(!is_there(scene, cancelled));
  BOOST_TEST(is_there(scene, fresh));
  BOOST_TEST(is_there(scene, waiting));
  scene.commit([&] {
    BOOST_TEST(!scene.in().runs().body(old));
    BOOST_TEST(scene.in().steps().list(old).empty());
    BOOST_TEST(scene.in().events().of_run(old, 0, 10).empty());
    BOOST_TEST(scene.in().commands().list(cancelled).empty());
    BOOST_TEST(!scene.in().leases().find(old).owner);
    BOOST_TEST(scene.in().steps().list(fresh).size() == 2u);
    return true;
  });
  BOOST_TEST(sweep(scene, week_of_runs).runs == 0u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_run_that_was_made_long_ago_and_ended_lately_stays, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto late = scene.submit_chain({"a"});
  const auto old = cancelled_run(scene);
  scene.wait(8 * 24h);
  scene.tell(late, run_command::cancel);
  BOOST_TEST(sweep(scene, week_of_runs).runs == 1u);
  BOOST_TEST(is_there(scene, late));
  BOOST_TEST(!is_there(scene, old));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_not_over_stays_however_old, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto queued = scene.submit_chain({"a"});
  const auto paused = scene.submit_chain({"a"});
  scene.tell(paused, run_command::pause);
  scene.wait(1000 * 24h);
  BOOST_TEST(sweep(scene, week_of_runs).runs == 0u);
  BOOST_TEST(is_there(scene, queued));
  BOOST_TEST(is_there(scene, paused));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_transaction_removes_about_as_many_rows_as_it_may, Backend, store_backends) {
  store_scene<Backend> scene;
  for (int i = 0; i < 50; ++i)
    cancelled_run(scene);
  scene.wait(8 * 24h);
  std::size_t removed = 0;
  int transactions = 0;
  for (aged_out done{0, 0, true}; done.more && transactions < 100; ++transactions) {
    done = sweep(scene, week_of_runs, 40);
    BOOST_TEST(done.runs <= 10u);
    removed += done.runs;
  }
  BOOST_TEST(removed == 50u);
  BOOST_TEST(transactions >= 5);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_key_is_free_again_when_its_run_is_gone, Backend, store_backends) {
  store_scene<Backend> scene;
  run_submission submission;
  submission.graph = chain_of({"a"});
  submission.idempotency_key = "once";
  const auto first = scene.submit(submission).id;
  scene.tell(first, run_command::cancel);
  scene.wait(8 * 24h);
  BOOST_TEST(sweep(scene, week_of_runs).runs == 1u);
  const auto second = scene.submit(submission);
  BOOST_TEST(!second.existing);
  BOOST_TEST((second.id != first));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_rolled_back_is_all_there_again, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto old = ended_run(scene);
  const auto cancelled = cancelled_run(scene);
  const auto story = scene.story(old);
  const auto commands = scene.commit([&] { return scene.in().commands().list(cancelled).size(); });
  scene.wait(8 * 24h);
  {
    store_transaction transaction(scene.in());
    BOOST_TEST(age_out(scene.in(), {.runs = 1h, .audit = 1h}, scene.now, plenty).runs == 2u);
  }
  BOOST_TEST(scene.story(old) == story);
  scene.commit([&] {
    BOOST_TEST(scene.in().steps().list(old).size() == 2u);
    BOOST_TEST(scene.in().runs().body(old).has_value());
    BOOST_TEST(scene.in().commands().list(cancelled).size() == commands);
    BOOST_TEST(scene.in().audit().since(0, 10).size() == 1u);
    return true;
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(audit_rows_go_by_their_own_rule_and_numbers_go_on, Backend, store_backends) {
  store_scene<Backend> scene;
  cancelled_run(scene);
  cancelled_run(scene);
  scene.wait(8 * 24h);
  const auto last = scene.commit([&] { return scene.in().audit().last_id(); });
  const retention_rules keep{.runs = {}, .audit = 7 * 24h};
  const auto done = sweep(scene, keep);
  BOOST_TEST(done.audit_rows == 2u);
  BOOST_TEST(done.runs == 0u);
  cancelled_run(scene);
  const auto rows = scene.commit([&] { return scene.in().audit().since(0, 10); });
  BOOST_REQUIRE(rows.size() == 1u);
  BOOST_TEST(rows[0].id > last);
  BOOST_TEST(sweep(scene, keep).audit_rows == 0u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(runs_leave_a_quarter_for_the_audit_log, Backend, store_backends) {
  store_scene<Backend> scene;
  for (int i = 0; i < 50; ++i)
    cancelled_run(scene);
  scene.wait(8 * 24h);
  const retention_rules keep{.runs = 7 * 24h, .audit = 7 * 24h};
  const auto first = sweep(scene, keep, 40);
  BOOST_TEST(first.audit_rows == 10u);
  BOOST_TEST(first.runs >= 4u);
  BOOST_TEST(first.rows <= 32u);
  BOOST_TEST(first.more);
  aged_out all = first;
  for (auto done = first; done.more;) {
    done = sweep(scene, keep, 40);
    BOOST_TEST(done.rows + done.audit_rows <= 40u + 4u);
    all.runs += done.runs;
    all.audit_rows += done.audit_rows;
  }
  BOOST_TEST(all.runs == 50u);
  BOOST_TEST(all.audit_rows == 50u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_one_rule_does_not_need_the_other_has, Backend, store_backends) {
  store_scene<Backend> scene;
  for (int i = 0; i < 50; ++i)
    cancelled_run(scene);
  scene.wait(8 * 24h);
  // No run is old enough.
  BOOST_TEST(sweep(scene, {.runs = 9 * 24h, .audit = 7 * 24h}, 40).audit_rows == 40u);
  // Ten rows of the audit log are left; then runs have all.
  BOOST_TEST(sweep(scene, {.runs = 7 * 24h, .audit = 7 * 24h}, 40).audit_rows == 10u);
  const auto rest = sweep(scene, {.runs = 7 * 24h, .audit = 7 * 24h}, 40);
  BOOST_TEST(rest.audit_rows == 0u);
  BOOST_TEST(rest.rows >= 38u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_piece_says_how_far_behind_it_leaves_things, Backend, store_backends) {
  store_scene<Backend> scene;
  for (int day = 0; day < 8; ++day) {
    // In lanes of their own, of which the last in order has the oldest.
    run_submission submission;
    submission.graph = chain_of({"a"});
    submission.lane = std::string(1, static_cast<char>('h' - day));
    scene.tell(scene.submit(submission).id, run_command::cancel);
    scene.wait(24h);
  }
  const retention_rules runs{.runs = 2 * 24h, .audit = {}};
  BOOST_TEST((sweep(scene, runs, 1).behind == 6 * 24h));
  BOOST_TEST((sweep(scene, {.runs = {}, .audit = 24h}, 1).behind == 6 * 24h));
  BOOST_TEST((sweep(scene, runs).behind == 0ms));
  BOOST_TEST((sweep(scene, {.runs = 2 * 24h, .audit = 24h}).behind == 0ms));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(events_of_others_keep_their_numbers, Backend, store_backends) {
  store_scene<Backend> scene;
  cancelled_run(scene);
  const auto stays = scene.submit_chain({"a"});
  scene.wait(8 * 24h);
  const auto before = scene.commit([&] { return scene.in().events().of_run(stays, 0, 10); });
  sweep(scene, week_of_runs);
  const auto after = scene.commit([&] { return scene.in().events().since(0, 100); });
  BOOST_REQUIRE(after.size() == before.size());
  BOOST_TEST(after.front().id == before.front().id);
  scene.tell(stays, run_command::cancel);
  BOOST_TEST(scene.commit([&] { return scene.in().events().last_id(); }) > before.back().id);
}

BOOST_AUTO_TEST_CASE(a_swept_database_has_nothing_wrong_and_gives_its_room_back) {
  store_scene<sqlite_backend> scene;
  for (int i = 0; i < 300; ++i)
    ended_run(scene);
  scene.wait(8 * 24h);
  BOOST_TEST(sweep(scene, week_of_runs).runs == 300u);
  const auto file = scene.backend.folder.path() / "runs.db";
  for (const auto& wrong : check_database(file))
    BOOST_ERROR(wrong);
  const auto report = vacuum_database(file, scene.boot);
  BOOST_TEST(report.after < report.before);
}

BOOST_AUTO_TEST_SUITE_END()
