#include "model/base/error.hpp"
#include "persistence/sqlite/migrations.hpp"
#include "persistence/sqlite/sqlite_store.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/raw_database.hpp"
#include "tests/support/scratch_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <map>
#include <string>
#include <vector>

using namespace sluice;

namespace {

const auto now = parse_utc_time("2026-11-21T12:00:00.000Z").value();

struct schema_scene {
  scratch_folder folder;
  std::filesystem::path path = folder.path() / "runs.db";

  sqlite_options options(sqlite_access access = sqlite_access::write) const {
    sqlite_options result;
    result.path = path;
    result.access = access;
    return result;
  }
  void open(sqlite_access access = sqlite_access::write) { sqlite_store(options(access), now); }
  int migrate_to(const std::vector<migration>& migrations) {
    sqlite_connection in(options());
    return migrate(in, migrations, now);
  }
};

/// What a schema has: "table column type null" and "table index name".
using facts = std::vector<std::string>;

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  for (std::size_t at = 1; at < line.size();) {
    const auto end = line.find('|', at);
    auto cell = line.substr(at, end - at);
    cell.erase(0, cell.find_first_not_of(' '));
    cell.erase(cell.find_last_not_of(' ') + 1);
    cells.push_back(cell);
    at = end == line.npos ? line.size() : end + 1;
  }
  return cells;
}

facts documented_schema() {
  facts found;
  std::ifstream page(SLUICE_SOURCE_DIR "/docs/schema.md");
  BOOST_REQUIRE(page.good());
  std::string table;
  bool in_columns = false;
  for (std::string line; std::getline(page, line);) {
    if (line.rfind("## ", 0) == 0)
      table = line.substr(3);
    if (line.rfind('|', 0) != 0 || line.rfind("|---", 0) == 0)
      continue;
    const auto cells = cells_of(line);
    if (cells.at(0) == "column" || cells.at(0) == "index")
      in_columns = cells.at(0) == "column";
    else if (in_columns)
      found.push_back(table + " column " + cells.at(0) + " " + cells.at(1) + " " + cells.at(2));
    else
      found.push_back(table + " index " + cells.at(0));
  }
  return found;
}

facts real_schema(raw_database& raw) {
  facts found;
  for (const auto& table : raw.rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE "
                                    "'sqlite_%' ORDER BY rowid")) {
    for (const auto& column : raw.rows("SELECT name || ' ' || type || ' ' || iif(\"notnull\", '-', 'yes') "
                                       "FROM pragma_table_info('" +
                                       table + "')"))
      found.push_back(table + " column " + column);
    for (const auto& index : raw.rows("SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = '" +
                                      table + "' AND sql IS NOT NULL ORDER BY rowid"))
      found.push_back(table + " index " + index);
  }
  return found;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(sqlite_schema, schema_scene)

BOOST_AUTO_TEST_CASE(the_documented_schema_is_the_real_one) {
  open();
  raw_database raw(path);
  const auto documented = documented_schema();
  BOOST_TEST(documented.size() > 60u);
  BOOST_TEST(documented == real_schema(raw), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(migrations_are_numbered_without_gaps_and_recorded) {
  const auto& all = all_migrations();
  for (std::size_t i = 0; i < all.size(); ++i)
    BOOST_TEST(all[i].version == static_cast<int>(i) + 1);
  open();
  open();
  raw_database raw(path);
  BOOST_TEST(raw.row("SELECT count(*) FROM schema_migrations") == std::to_string(all.size()));
  BOOST_TEST(raw.row("SELECT name, checksum, applied_at FROM schema_migrations WHERE version = 1") ==
             "runs|" + checksum_of(all[0]) + "|2026-11-21T12:00:00.000Z");
  BOOST_TEST(raw.row("PRAGMA user_version") == std::to_string(all.size()));
  BOOST_TEST(raw.row("PRAGMA application_id") == std::to_string(0x534c5543));
}

BOOST_AUTO_TEST_CASE(released_migrations_are_never_edited) {
  // Add a line for a new migration; a line that must change means that a released file was edited.
  const std::map<int, std::string> released = {
      {1, "88a88df2036674e65496ec7262227624427041c5b7a36ed92406743120219fee"},
      {2, "68a871888b35e527175019b2f327a50207e9f947427b5558ec95340ee1615dca"},
      {3, "15a50af3bc2e6014a59adfa536d5f508cc4dfcc4c6f9856e70e83f497e4bb7b3"},
      {4, "b6c7d4adec6cd1098e6a91c6c65519eab70da38edcf6d44ac0e3d62871eba937"},
  };
  for (const auto& one : all_migrations())
    BOOST_TEST(checksum_of(one) == released.at(one.version));
}

BOOST_AUTO_TEST_CASE(a_newer_schema_is_refused) {
  open();
  raw_database(path).run("PRAGMA user_version = 99");
  BOOST_CHECK_EXCEPTION(open(), error, has_code("schema_newer"));
  BOOST_CHECK_EXCEPTION(open(sqlite_access::read), error, has_code("schema_newer"));
}

BOOST_AUTO_TEST_CASE(an_older_schema_is_brought_up_to_date_with_its_rows) {
  auto more = all_migrations();
  more.push_back({static_cast<int>(more.size()) + 1, "more", "ALTER TABLE lanes ADD COLUMN more TEXT;"});
  BOOST_TEST(migrate_to(all_migrations()) == static_cast<int>(all_migrations().size()));
  raw_database raw(path);
  raw.run("INSERT INTO lanes VALUES ('default', 'a', 1, '', NULL, NULL, '', 0)");
  BOOST_TEST(migrate_to(more) == 1);
  BOOST_TEST(migrate_to(more) == 0);
  BOOST_TEST(raw.row("SELECT lane, more FROM lanes") == "a|-");
  BOOST_CHECK_EXCEPTION(migrate_to(all_migrations()), error, has_code("schema_newer"));
}

BOOST_AUTO_TEST_CASE(a_file_without_rules_gets_their_tables_and_keeps_its_rows) {
  const auto& all = all_migrations();
  BOOST_TEST(migrate_to({all[0], all[1]}) == 2);
  raw_database raw(path);
  raw.run("INSERT INTO audit_log (at, actor, action, subject, detail) "
          "VALUES ('2026-11-21T11:00:00.000Z', 'ann', 'lane.set', 'default/a', '{}')");
  raw.run("INSERT INTO lanes VALUES ('default', 'a', 0, 'holidays', NULL, NULL, '', 0)");
  BOOST_CHECK_EXCEPTION(open(sqlite_access::read), error, has_code("schema_older"));
  sqlite_store store(options(), now);
  BOOST_TEST(raw.row("SELECT version, name, applied_at FROM schema_migrations WHERE version = 3") ==
             "3|rules|2026-11-21T12:00:00.000Z");
  BOOST_TEST(raw.row("SELECT reason FROM lanes") == "holidays");
  store_transaction transaction(store);
  BOOST_TEST(store.audit().last_id() == 1);
  BOOST_TEST(store.rules().list("", 10).empty());
  BOOST_TEST(store.rules().append_change({0, now, rule_change_kind::removed, "a"}) == 1);
  transaction.commit();
  BOOST_CHECK_NO_THROW(open(sqlite_access::read));
}

BOOST_AUTO_TEST_CASE(of_events_that_were_removed_before_that_was_noted_it_is_known_where_the_others_begin) {
  const auto& all = all_migrations();
  const auto noted = [&](const std::string& then) {
    std::filesystem::remove(path);
    std::filesystem::remove(path.native() + "-wal");
    std::filesystem::remove(path.native() + "-shm");
    BOOST_TEST(migrate_to({all[0], all[1], all[2]}) == 3);
    raw_database raw(path);
    raw.run(
        "INSERT INTO runs VALUES (1, 'r', 'e', 'l', '', '', '', 'queued', 0, '', '', '', NULL, NULL, NULL, "
        "NULL, NULL, '', '', '', 1, 5, 0)");
    for (int i = 1; i <= 5; ++i)
      raw.run("INSERT INTO run_events (run_key, seq, kind, at, payload) VALUES (1, " + std::to_string(i) +
              ", 'STEP_LOG', '', '{}')");
    raw.run(then);
    BOOST_TEST(migrate_to(all) == static_cast<int>(all.size()) - 3);
    return raw.row("SELECT * FROM run_events_removed");
  };
  BOOST_TEST(noted("SELECT 1") == "1|0");
  BOOST_TEST(noted("DELETE FROM run_events WHERE id < 4") == "1|3");
  BOOST_TEST(noted("DELETE FROM run_events") == "1|5");
}

BOOST_AUTO_TEST_CASE(a_reader_makes_no_schema) {
  BOOST_CHECK_EXCEPTION(open(sqlite_access::read), error, has_code("store_unavailable"));
  migrate_to({});
  BOOST_CHECK_EXCEPTION(open(sqlite_access::read), error, has_code("schema_older"));
}

BOOST_AUTO_TEST_CASE(an_edited_migration_is_noticed) {
  open();
  raw_database(path).run("UPDATE schema_migrations SET checksum = 'other'");
  BOOST_CHECK_EXCEPTION(open(), error, has_code("schema_changed"));
}

BOOST_AUTO_TEST_CASE(a_migration_that_fails_leaves_nothing_behind) {
  auto more = all_migrations();
  const auto before = static_cast<int>(more.size());
  more.push_back({before + 1, "broken", "CREATE TABLE half (x); INSERT INTO nowhere VALUES (1);"});
  BOOST_CHECK_EXCEPTION(migrate_to(more), error, has_code("internal"));
  raw_database raw(path);
  BOOST_TEST(raw.row("PRAGMA user_version") == std::to_string(before));
  BOOST_TEST(raw.row("SELECT count(*) FROM sqlite_schema WHERE name = 'half'") == "0");
  BOOST_CHECK_NO_THROW(open());
}

BOOST_AUTO_TEST_CASE(the_database_of_another_program_is_left_alone) {
  raw_database(path).run("CREATE TABLE bookmarks (x)");
  BOOST_CHECK_EXCEPTION(open(), error, has_code("store_foreign"));
  BOOST_CHECK_EXCEPTION(open(sqlite_access::read), error, has_code("store_foreign"));
  BOOST_TEST(raw_database(path).row("SELECT group_concat(name) FROM sqlite_schema") == "bookmarks");
  BOOST_TEST(raw_database(path).row("PRAGMA journal_mode") == "delete");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_database_is_left_alone) {
  const std::string text(5000, 'x');
  std::ofstream(path) << text;
  BOOST_CHECK_EXCEPTION(open(), error, has_code("store_corrupt"));
  std::ifstream file(path);
  BOOST_TEST(std::string(std::istreambuf_iterator<char>(file), {}) == text);
}

BOOST_AUTO_TEST_SUITE_END()
