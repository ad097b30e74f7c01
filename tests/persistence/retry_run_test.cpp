#include "model/base/error.hpp"
#include "persistence/operations/retry_run.hpp"
#include "persistence/operations/run_view.hpp"
#include "tests/support/store_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

using namespace sluice;

namespace {

template <class Backend>
created_run retry(store_scene<Backend>& scene, const uuid& run) {
  return scene.commit(
      [&] { return retry_run(scene.in(), run, scene.ids.make(scene.now), "bob", scene.now); });
}

template <class Backend>
run_view view(store_scene<Backend>& scene, const uuid& run) {
  return scene.commit([&] { return view_run(scene.in(), run); });
}

} // namespace

BOOST_AUTO_TEST_SUITE(retries_of_runs)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_retry_asks_for_the_same_as_a_new_run, Backend, store_backends) {
  store_scene<Backend> scene;
  run_submission submission;
  submission.env = "prod";
  submission.lane = "night";
  submission.mode = "live";
  submission.job_type = "build";
  submission.requested_by = "ann";
  submission.priority = 7;
  submission.graph = chain_of({"a", "b"});
  submission.params = json::parse(R"({"n": 1})");
  submission.parent_run_id = scene.submit_chain({"a"});
  submission.idempotency_key = "once";
  submission.available_at = scene.now + std::chrono::hours{1};
  const auto old = scene.submit(submission).id;
  scene.tell(old, run_command::cancel);
  scene.wait(std::chrono::seconds{5});
  const auto created = retry(scene, old);
  BOOST_TEST(!created.existing);
  const auto made = view(scene, created.id);
  BOOST_TEST((made.row.status == run_status::queued));
  BOOST_TEST((made.row.retry_of == old));
  BOOST_TEST(made.row.requested_by == "bob");
  BOOST_TEST(made.row.env == "prod");
  BOOST_TEST(made.row.lane == "night");
  BOOST_TEST(made.row.mode == "live");
  BOOST_TEST(made.row.job_type == "build");
  BOOST_TEST(made.row.priority == 7);
  BOOST_TEST(!made.row.idempotency_key);
  BOOST_TEST(made.row.parent_run_id.empty());
  BOOST_TEST((made.row.available_at == scene.now));
  BOOST_TEST((made.graph == submission.graph));
  BOOST_TEST(made.params.dump() == R"({"n":1})");
  BOOST_TEST(scene.story(created.id) == "RUN_CREATED");
  const auto audit = scene.commit([&] { return scene.in().audit().since(0, 10); });
  BOOST_REQUIRE(audit.size() == 2u);
  BOOST_TEST(audit[1].action == "run.retry");
  BOOST_TEST(audit[1].actor == "bob");
  BOOST_TEST(audit[1].subject == to_string(old));
  BOOST_TEST(json::parse(audit[1].detail).dump() == R"({"retry":")" + to_string(created.id) + R"("})");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(only_a_run_that_is_over_can_be_retried, Backend, store_backends) {
  const std::set<run_status> over = {run_status::succeeded, run_status::failed, run_status::cancelled};
  for (const auto status : all_run_statuses()) {
    store_scene<Backend> scene;
    const auto id = scene.submit_chain({"a"});
    auto row = scene.row(id);
    row.status = status;
    scene.commit([&] { return scene.in().runs().update(row, row.version); });
    BOOST_TEST_CONTEXT(to_string(status)) {
      if (over.count(status) > 0) {
        BOOST_CHECK_NO_THROW(retry(scene, id));
        continue;
      }
      BOOST_CHECK_EXCEPTION(retry(scene, id), error, [&](const error& trouble) {
        return trouble.code() == "invalid_transition" &&
               std::string(trouble.what()).find(to_string(status)) != std::string::npos;
      });
      BOOST_TEST(scene.commit([&] { return scene.in().runs().list({}).size(); }) == 1u);
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_run_that_is_not_there_can_neither_be_retried_nor_shown, Backend,
                              store_backends) {
  store_scene<Backend> scene;
  const auto is_missing = [](const error& trouble) { return trouble.code() == "not_found"; };
  BOOST_CHECK_EXCEPTION(retry(scene, scene.ids.make(scene.now)), error, is_missing);
  BOOST_CHECK_EXCEPTION(view(scene, scene.ids.make(scene.now)), error, is_missing);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_view_has_everything_about_a_run, Backend, store_backends) {
  store_scene<Backend> scene;
  // In the order of the document, not of the names.
  const auto id = scene.submit_chain({"z", "m", "a"});
  auto claim = scene.claim(scene.first);
  scene.begin_running(*claim.run, scene.first);
  scene.take_step(*claim.run, scene.first, 0);
  scene.begin_step(*claim.run, scene.first, 1);
  scene.tell(id, run_command::pause);
  const auto seen = view(scene, id);
  BOOST_TEST((seen.row == scene.row(id)));
  BOOST_REQUIRE(seen.steps.size() == 3u);
  BOOST_TEST(seen.steps[0].step == "z");
  BOOST_TEST((seen.steps[0].progress.status == step_status::succeeded));
  BOOST_TEST((seen.steps[1].progress.status == step_status::running));
  BOOST_TEST(seen.steps[1].progress.attempts == 1u);
  BOOST_TEST(seen.steps[2].step == "a");
  BOOST_TEST((seen.steps[2].progress.status == step_status::pending));
  BOOST_TEST(seen.steps[2].progress.attempts == 0u);
  BOOST_REQUIRE(seen.commands.size() == 1u);
  BOOST_TEST((seen.commands[0].command == run_command::pause));
  BOOST_TEST((seen.lease.owner == scene.first));
  BOOST_TEST(seen.lease.token == claim.run->token);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(rows_that_contradict_each_other_are_an_error, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto id = scene.submit_chain({"a"});
  scene.commit([&] {
    scene.in().steps().put(id, {"stranger", {}});
    return 0;
  });
  BOOST_CHECK_EXCEPTION(view(scene, id), error,
                        [](const error& trouble) { return trouble.code() == "store_corrupt"; });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_submission_is_audited_when_asked_for, Backend, store_backends) {
  store_scene<Backend> scene;
  run_submission submission;
  submission.graph = chain_of({"a"});
  submission.requested_by = "ann";
  submission.idempotency_key = "once";
  const auto create = [&](bool audited) {
    return scene.commit(
        [&] { return create_run(scene.in(), submission, scene.ids.make(scene.now), scene.now, audited).id; });
  };
  const auto id = create(true);
  // The second one makes nothing, so there is nothing to tell.
  BOOST_TEST((create(true) == id));
  submission.idempotency_key.reset();
  create(false);
  const auto audit = scene.commit([&] { return scene.in().audit().since(0, 10); });
  BOOST_REQUIRE(audit.size() == 1u);
  BOOST_TEST(audit[0].action == "run.create");
  BOOST_TEST(audit[0].actor == "ann");
  BOOST_TEST(audit[0].subject == to_string(id));
}

BOOST_AUTO_TEST_SUITE_END()
