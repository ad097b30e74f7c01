#include "model/base/error.hpp"
#include "persistence/sqlite/maintenance.hpp"
#include "persistence/sqlite/migrations.hpp"
#include "tests/support/raw_database.hpp"
#include "tests/support/store_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <fstream>
#include <string>

using namespace sluice;

namespace {

auto has_code(const std::string& code) {
  return [code](const error& trouble) { return trouble.code() == code; };
}

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

BOOST_AUTO_TEST_CASE(a_backup_is_the_database_as_it_was_while_writing_goes_on) {
  const auto id = submit_chain({"a"});
  in().begin();
  back_up_database(path, copy);
  in().roll_back();
  submit_chain({"b"});
  sqlite_store restored({copy}, now);
  store_transaction look(restored);
  BOOST_TEST(restored.runs().list({}).size() == 1u);
  BOOST_TEST((restored.runs().find(id) == row(id)));
  BOOST_TEST(check_database(copy).empty());
  BOOST_TEST(!std::filesystem::exists(copy.native() + ".part"));
}

BOOST_AUTO_TEST_CASE(a_backup_replaces_nothing_and_needs_a_source) {
  std::ofstream(copy) << "mine";
  BOOST_CHECK_EXCEPTION(back_up_database(path, copy), error, has_code("backup_exists"));
  BOOST_TEST(std::filesystem::file_size(copy) == 4u);
  const auto nowhere = backend.folder.path() / "none" / "copy.db";
  BOOST_CHECK_EXCEPTION(back_up_database(path, nowhere), error, has_code("store_unavailable"));
  const auto other = backend.folder.path() / "other.db";
  BOOST_CHECK_EXCEPTION(back_up_database(backend.folder.path() / "none.db", other), error,
                        has_code("store_unavailable"));
  BOOST_TEST(!std::filesystem::exists(other));
}

BOOST_AUTO_TEST_CASE(vacuum_gives_room_back_and_keeps_the_rows) {
  for (int i = 0; i < 200; ++i)
    commit([&] { return in().audit().append({0, now, std::string(4000, 'x'), "", ""}); });
  const auto id = submit_chain({"a"});
  raw_database(path).run("DELETE FROM audit_log");
  BOOST_TEST(vacuum_database(path) > 500'000);
  BOOST_TEST(std::filesystem::file_size(path) < 500'000u);
  BOOST_TEST((row(id).status == run_status::queued));
  submit_chain({"b"});
  BOOST_TEST(check_database(path).empty());
}

BOOST_AUTO_TEST_CASE(migrating_says_from_where_to_where) {
  const auto newest = static_cast<int>(all_migrations().size());
  const auto fresh = migrate_database(copy, now);
  BOOST_TEST(fresh.before == 0);
  BOOST_TEST(fresh.after == newest);
  BOOST_TEST(migrate_database(copy, now).before == newest);
}

BOOST_AUTO_TEST_SUITE_END()
