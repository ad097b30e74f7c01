#include "persistence/operations/lane_operations.hpp"
#include "persistence/operations/retry_run.hpp"
#include "persistence/operations/rule_operations.hpp"
#include "tests/support/raw_database.hpp"
#include "tests/support/store_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

/// The scene over SQLite, and the same file seen without the store.
struct sqlite_scene : store_scene<sqlite_backend> {
  raw_database raw{backend.folder.path() / "runs.db"};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sqlite_rows, sqlite_scene)

BOOST_AUTO_TEST_CASE(a_submitted_run_is_a_row_with_its_body_and_first_event) {
  run_submission submission;
  submission.graph = chain_of({"a"});
  submission.params = json::parse(R"({"n": 1})");
  submission.priority = 3;
  submission.idempotency_key = "once";
  submission.requested_by = "ann";
  const auto id = submit(submission).id;
  BOOST_TEST(raw.row("SELECT id, env, lane, requested_by, status, priority, available_at, created_at, "
                     "started_at, parent_run_id, idempotency_key, version, last_seq, owned FROM runs") ==
             to_string(id) +
                 "|default|default|ann|queued|3|2026-11-21T12:00:00.000Z|2026-11-21T12:00:00.000Z|"
                 "-|-|once|1|1|0");
  BOOST_TEST(raw.row("SELECT params FROM run_state JOIN runs USING (run_key)") == R"({"n":1})");
  BOOST_TEST(raw.row("SELECT json_extract(run_graph, '$.steps.a.kind') FROM run_state") == "noop");
  BOOST_TEST(raw.row("SELECT id, seq, kind, at FROM run_events") ==
             "1|1|RUN_CREATED|2026-11-21T12:00:00.000Z");
}

BOOST_AUTO_TEST_CASE(a_claimed_run_has_a_lease_and_a_finished_one_none) {
  submit_chain({"a"});
  auto answer = claim(first);
  BOOST_TEST(raw.row("SELECT status, owned, token, owner, expires_boot_id, expires_ns FROM runs "
                     "JOIN leases USING (run_key)") ==
             "preparing|1|1|" + to_string(first) + "|boot-1|115000000000");
  wait(1ms);
  begin_running(*answer.run, first);
  begin_step(*answer.run, first, 0);
  BOOST_TEST(raw.row("SELECT step, status, attempts, started_at, finished_at, result FROM run_steps") ==
             "a|running|1|2026-11-21T12:00:00.001Z|-|-");
  BOOST_TEST(raw.row("SELECT env, lane, enabled, usage_day, usage_ticks FROM lanes") ==
             "default|default|1|2026-11-21|1");
  attempt_outcome outcome;
  outcome.result = json::parse(R"({"exit_code": 0})");
  end_step(*answer.run, first, 0, outcome);
  finish(*answer.run, first);
  BOOST_TEST(raw.row("SELECT status, result FROM run_steps") == R"(succeeded|{"exit_code":0})");
  BOOST_TEST(raw.row("SELECT status, owned, started_at, finished_at, token, owner FROM runs "
                     "JOIN leases USING (run_key)") ==
             "succeeded|0|2026-11-21T12:00:00.001Z|2026-11-21T12:00:00.001Z|1|-");
  BOOST_TEST((raw.rows("SELECT seq || ' ' || kind FROM run_events ORDER BY id") ==
              texts{"1 RUN_CREATED", "2 RUN_PREPARING", "3 RUN_STARTED", "4 STEP_STARTED", "5 STEP_SUCCEEDED",
                    "6 RUN_SUCCEEDED"}));
}

BOOST_AUTO_TEST_CASE(contract_b_one_owner_acquires_another_is_refused_and_only_the_owner_renews) {
  const auto id = submit_chain({"a"});
  const auto lease = [&] { return raw.row("SELECT token, owner, expires_ns FROM leases"); };
  const auto renew = [&](const lease_owner& owner) {
    return commit([&] { return renew_leases(in(), owner, {{id, 1}}, boot, defaults::lease_ttl).front(); });
  };
  const auto mine = *claim(first).run;
  BOOST_TEST(lease() == "1|" + to_string(first) + "|115000000000");
  BOOST_TEST((claim(second).outcome == tick_outcome::idle_lease_held));
  BOOST_TEST(lease() == "1|" + to_string(first) + "|115000000000");
  wait(1s);
  BOOST_TEST((renew(second) == lease_refusal::lost));
  BOOST_TEST(lease() == "1|" + to_string(first) + "|115000000000");
  BOOST_TEST((renew(first) == lease_refusal::none));
  BOOST_TEST(lease() == "1|" + to_string(first) + "|116000000000");
  // Nor may anybody else release it.
  BOOST_CHECK_THROW(commit([&] {
                      hand_back(in(), id, {second, mine.token}, now);
                      return 0;
                    }),
                    error);
  BOOST_TEST(raw.row("SELECT owned FROM runs") == "1");
  commit([&] {
    hand_back(in(), id, {first, mine.token}, now);
    return 0;
  });
  BOOST_TEST(raw.row("SELECT owned, token, owner FROM runs JOIN leases USING (run_key)") == "0|1|-");
  BOOST_TEST((claim(second).outcome == tick_outcome::ticked));
  BOOST_TEST(raw.row("SELECT owned, token, owner FROM runs JOIN leases USING (run_key)") ==
             "1|2|" + to_string(second));
}

BOOST_AUTO_TEST_CASE(a_command_is_a_row_and_an_audit_row) {
  const auto id = submit_chain({"a"});
  claim(first);
  tell(id, run_command::pause);
  tell(id, run_command::cancel);
  BOOST_TEST((raw.rows("SELECT id, command, requested_by, reason, at, state FROM run_commands ORDER BY id") ==
              texts{"1|pause|ann|because|2026-11-21T12:00:00.000Z|replaced",
                    "2|cancel|ann|because|2026-11-21T12:00:00.000Z|undelivered"}));
  BOOST_TEST((raw.rows("SELECT actor, action, subject FROM audit_log ORDER BY id") ==
              texts{"ann|run.pause|" + to_string(id), "ann|run.cancel|" + to_string(id)}));
}

BOOST_AUTO_TEST_CASE(settings_of_a_lane_leave_its_usage_alone) {
  commit([&] {
    lane_usage usage;
    usage.count(now);
    in().lanes().set_usage("default", "night", usage);
    in().lanes().set_settings("default", "night", {false, "holidays", 10, std::nullopt});
    return 0;
  });
  BOOST_TEST(raw.row("SELECT enabled, reason, ticks_per_day, concurrent_runs, usage_day, usage_ticks "
                     "FROM lanes") == "0|holidays|10|-|2026-11-21|1");
}

BOOST_AUTO_TEST_CASE(a_lane_that_is_set_and_a_retry_are_rows_with_audit_rows) {
  const auto old = submit_chain({"a"});
  tell(old, run_command::cancel);
  const auto made = commit([&] { return retry_run(in(), old, ids.make(now), "bob", now).id; });
  commit([&] { return set_lane(in(), {"default", "night"}, {false, "holidays"}, "ann", now); });
  BOOST_TEST(raw.row("SELECT id, status, requested_by, retry_of, idempotency_key FROM runs "
                     "WHERE retry_of IS NOT NULL") ==
             to_string(made) + "|queued|bob|" + to_string(old) + "|-");
  BOOST_TEST((raw.rows("SELECT actor, action, subject FROM audit_log ORDER BY id") ==
              texts{"ann|run.cancel|" + to_string(old), "bob|run.retry|" + to_string(old),
                    "ann|lane.set|default/night"}));
  BOOST_TEST(raw.row("SELECT json_extract(detail, '$.old.enabled'), json_extract(detail, '$.new.reason') "
                     "FROM audit_log WHERE action = 'lane.set'") == "1|holidays");
  BOOST_TEST(raw.row("SELECT enabled, reason FROM lanes WHERE lane = 'night'") == "0|holidays");
}

BOOST_AUTO_TEST_CASE(rules_what_is_said_about_them_and_what_happened_are_rows) {
  rule curl;
  curl.id = "ssh-curl";
  curl.version = 3;
  curl.name = "Download";
  curl.field = "command";
  curl.pattern = "curl";
  curl.emits = {{"T1105", "", 0.5}};
  const rule_state said{rule_mode::clipped, 0.25, "unsure", "bob", now, now + 1h};
  const auto in_one = [&](auto act) {
    commit([&] {
      act();
      return 0;
    });
  };
  in_one([&] { define_rule(in(), curl, "/etc/rules", "ann", now); });
  in_one([&] { set_rule_state(in(), "ssh-curl", said, now); });
  BOOST_TEST(raw.row("SELECT rule_id, rule_version, source, created_at, updated_at FROM rules") ==
             "ssh-curl|3|/etc/rules|2026-11-21T12:00:00.000Z|2026-11-21T12:00:00.000Z");
  BOOST_TEST(raw.row("SELECT definition LIKE '%rule_id: ssh-curl%' FROM rules") == "1");
  BOOST_TEST(raw.row("SELECT * FROM rule_state") ==
             "ssh-curl|clipped|0.25|unsure|bob|2026-11-21T12:00:00.000Z|2026-11-21T13:00:00.000Z");
  BOOST_TEST(raw.row("SELECT definition = (SELECT definition FROM rules) FROM rule_changes WHERE id = 1") ==
             "1");
  wait(1h);
  in_one([&] { expire_rules(in(), now, 10); });
  in_one([&] { remove_rule(in(), "ssh-curl", "eve", now); });
  BOOST_TEST(raw.row("SELECT count(*) FROM rules") == "0");
  BOOST_TEST(raw.row("SELECT count(*) FROM rule_state") == "0");
  const std::string state = "clipped|0.25|unsure|bob|2026-11-21T12:00:00.000Z|2026-11-21T13:00:00.000Z";
  BOOST_TEST((raw.rows("SELECT at, kind, rule_id, actor, mode, confidence_max, reason, set_by, set_at, "
                       "expires_at FROM rule_changes ORDER BY id") ==
              texts{"2026-11-21T12:00:00.000Z|defined|ssh-curl|ann|-|-|-|-|-|-",
                    "2026-11-21T12:00:00.000Z|state|ssh-curl|bob|" + state,
                    "2026-11-21T13:00:00.000Z|expired|ssh-curl|sluice|" + state,
                    "2026-11-21T13:00:00.000Z|removed|ssh-curl|eve|-|-|-|-|-|-"}));
  BOOST_TEST((raw.rows("SELECT actor, action, subject FROM audit_log ORDER BY id") ==
              texts{"bob|rule.clip|ssh-curl", "sluice|rule.expire|ssh-curl"}));
}

BOOST_AUTO_TEST_CASE(the_file_refuses_states_of_rules_that_no_program_of_ours_writes) {
  const auto state = [&](const std::string& mode, const std::string& confidence_max) {
    raw.run("INSERT INTO rule_state VALUES ('r', '" + mode + "', " + confidence_max + ", '', '', '', NULL)");
  };
  BOOST_CHECK_THROW(state("enabled", "1"), std::runtime_error);
  BOOST_CHECK_THROW(state("muted", "1"), std::runtime_error);
  BOOST_CHECK_THROW(state("clipped", "7.5"), std::runtime_error);
  BOOST_CHECK_THROW(state("clipped", "-0.5"), std::runtime_error);
  BOOST_CHECK_THROW(state("clipped", "NULL"), std::runtime_error);
  BOOST_CHECK_NO_THROW(state("clipped", "0.5"));
  const auto change = [&](const std::string& kind, const std::string& definition, const std::string& mode) {
    raw.run("INSERT INTO rule_changes (at, kind, rule_id, actor, definition, mode) VALUES ('', '" + kind +
            "', 'r', '', " + definition + ", " + mode + ")");
  };
  BOOST_CHECK_THROW(change("edited", "NULL", "NULL"), std::runtime_error);
  BOOST_CHECK_THROW(change("defined", "NULL", "NULL"), std::runtime_error);
  BOOST_CHECK_THROW(change("removed", "'text'", "NULL"), std::runtime_error);
  BOOST_CHECK_THROW(change("state", "NULL", "NULL"), std::runtime_error);
  BOOST_CHECK_NO_THROW(change("state", "NULL", "'enabled'"));
}

BOOST_AUTO_TEST_CASE(the_file_refuses_what_no_program_of_ours_writes) {
  submit_chain({"a"});
  BOOST_CHECK_THROW(raw.run("UPDATE runs SET status = 'canceled'"), std::runtime_error);
  BOOST_CHECK_THROW(raw.run("UPDATE runs SET owned = 2"), std::runtime_error);
  BOOST_CHECK_THROW(raw.run("UPDATE runs SET priority = 'high'"), std::runtime_error);
  BOOST_CHECK_THROW(raw.run("PRAGMA foreign_keys = ON; DELETE FROM runs"), std::runtime_error);
  BOOST_TEST(raw.row("SELECT status FROM runs") == "queued");
}

BOOST_AUTO_TEST_CASE(every_commit_is_synced_and_the_log_is_moved_by_nobody_else) {
  BOOST_TEST(raw.row("PRAGMA journal_mode") == "wal");
  for (int i = 0; i < 3; ++i)
    submit_chain({"a"});
  const auto pages = backend.opened.log_pages();
  BOOST_TEST(pages > 0u);
  BOOST_TEST(backend.opened.checkpoint() == 0u);
  BOOST_TEST(std::filesystem::file_size(backend.folder.path() / "runs.db-wal") == 0u);
  BOOST_TEST(raw.row("SELECT count(*) FROM runs") == "3");
}

BOOST_AUTO_TEST_SUITE_END()
