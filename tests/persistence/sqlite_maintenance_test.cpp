#include "persistence/sqlite/maintenance.hpp"
#include "persistence/sqlite/migrations.hpp"
#include "tests/support/raw_database.hpp"
#include "tests/support/store_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

using namespace sluice;

namespace {

struct maintenance_scene : store_scene<sqlite_backend> {
  std::filesystem::path path = backend.folder.path() / "runs.db";
  std::filesystem::path copy = backend.folder.path() / "copy.db";
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sqlite_maintenance, maintenance_scene)

BOOST_AUTO_TEST_CASE(a_sound_database_has_no_findings) {
  submit_chain({"a"});
  claim(first);
  BOOST_TEST(check_database(path).empty());
}

BOOST_AUTO_TEST_CASE(rows_that_contradict_each_other_are_found) {
  const auto id = submit_chain({"a"});
  const auto finding_after = [&](const std::string& change) {
    raw_database(path).run(change);
    const auto findings = check_database(path);
    BOOST_TEST(findings.size() == 1u);
    return findings.empty() ? "" : findings.front();
  };
  BOOST_TEST(finding_after("UPDATE runs SET owned = 1").find(to_string(id)) != std::string::npos);
  raw_database(path).run("UPDATE runs SET owned = 0");
  BOOST_TEST(finding_after("UPDATE run_events SET seq = 2").find("numbered") != std::string::npos);
  raw_database(path).run("UPDATE run_events SET seq = 1");
  BOOST_TEST(finding_after("UPDATE runs SET last_seq = 2").find("numbered") != std::string::npos);
  raw_database(path).run("UPDATE runs SET last_seq = 1");
  BOOST_TEST(finding_after("INSERT INTO leases VALUES (77, 1, NULL, '', 0)").find("leases") !=
             std::string::npos);
  raw_database(path).run("DELETE FROM leases");
  BOOST_TEST(finding_after("DELETE FROM run_state").find("graph") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(rules_that_are_not_what_their_changes_say_are_found) {
  const auto finding_after = [&](const std::string& change) {
    raw_database(path).run(change);
    const auto findings = check_database(path);
    BOOST_TEST(findings.size() == 1u);
    return findings.empty() ? "" : findings.front();
  };
  commit([&] {
    const rule_state said{rule_mode::clipped, 0.5, "unsure", "ann", now, now + std::chrono::hours{1}};
    in().rules().put({"a", 1, "text", "", now, now});
    in().rules().append_change({0, now, rule_change_kind::defined, "a", "ann", "text"});
    in().rules().put_state("a", said);
    in().rules().append_change({0, now, rule_change_kind::state, "a", "ann", {}, said});
    return 0;
  });
  BOOST_TEST(check_database(path).empty());
  const std::string definition = "rule a: its definition is not what its last change says";
  const std::string state = "rule a: its state is not what its last change says";
  BOOST_TEST(finding_after("UPDATE rules SET definition = 'other'") == definition);
  BOOST_TEST(finding_after("DELETE FROM rules") == definition);
  raw_database(path).run("INSERT INTO rules VALUES ('a', 1, 'text', '', '', '')");
  BOOST_TEST(check_database(path).empty());
  BOOST_TEST(finding_after("UPDATE rule_state SET confidence_max = 0.25") == state);
  BOOST_TEST(finding_after("DELETE FROM rule_state") == state);
}

BOOST_AUTO_TEST_CASE(the_first_events_may_be_missing_only_where_they_can_have_been_removed) {
  const auto waiting = submit_chain({"a"});
  tell(waiting, run_command::pause);
  const auto over = submit_chain({"b"});
  tell(over, run_command::cancel);
  const auto resumed = submit_chain({"c"});
  tell(resumed, run_command::cancel);
  tell(resumed, run_command::resume);
  BOOST_TEST(check_database(path).empty());
  raw_database(path).run("DELETE FROM run_events WHERE seq = 1");
  BOOST_TEST(check_database(path).size() == 3u);
  raw_database(path).run("UPDATE run_events_removed SET last_id = (SELECT max(id) FROM run_events)");
  const auto findings = check_database(path);
  BOOST_REQUIRE(findings.size() == 1u);
  BOOST_TEST(findings[0] == "run " + to_string(waiting) + ": its events are not numbered from 1 to its last");
}

BOOST_AUTO_TEST_CASE(migrating_says_from_where_to_where) {
  const auto newest = static_cast<int>(all_migrations().size());
  const auto fresh = migrate_database(copy, now);
  BOOST_TEST(fresh.before == 0);
  BOOST_TEST(fresh.after == newest);
  BOOST_TEST(migrate_database(copy, now).before == newest);
}

BOOST_AUTO_TEST_SUITE_END()
