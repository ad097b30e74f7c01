#include "persistence/sqlite/migrations.hpp"
#include "persistence/sqlite/query.hpp"
#include "persistence/sqlite/sqlite_connection.hpp"
#include "persistence/sqlite/sqlite_runs.hpp"
#include "persistence/sqlite/sqlite_tables.hpp"
#include "tests/support/scratch_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <sqlite3.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

const lane_queue default_lane{"default", "default"};

/// The tables over a connection of the test's own, so that it can look at the statements that they prepared.
struct plan_scene {
  scratch_folder folder;
  utc_time now = parse_utc_time("2026-11-21T12:00:00.000Z").value();
  sqlite_connection in{{folder.path() / "runs.db"}};
  run_keys keys{in};
  sqlite_runs runs{in, keys};
  sqlite_steps steps{in, keys};
  sqlite_commands commands{in, keys};
  sqlite_events events{in, keys};
  sqlite_leases leases{in, keys};
  sqlite_lanes lanes{in};
  sqlite_audit audit{in};
  sqlite_rules rules{in};
  uuid_maker ids{[next = std::uint64_t{0}]() mutable { return next++; }};

  plan_scene() {
    migrate(in, all_migrations(), now);
    in.begin();
  }
  ~plan_scene() { in.roll_back(); }

  run_row insert(std::int32_t priority, std::chrono::milliseconds delay,
                 run_status status = run_status::queued, const std::string& lane = "default") {
    run_row row;
    row.id = ids.make(now);
    row.env = "default";
    row.lane = lane;
    row.status = status;
    row.priority = priority;
    row.available_at = now + delay;
    row.created_at = now;
    row.updated_at = now;
    runs.insert(row, {"{}", "null"});
    return row;
  }

  sqlite3* handle() { return in.database().getHandle(); }

  /// Returns the lines of EXPLAIN QUERY PLAN of each statement that was prepared.
  std::vector<std::string> plans() {
    std::vector<std::string> texts;
    for (auto* one = sqlite3_next_stmt(handle(), nullptr); one != nullptr;
         one = sqlite3_next_stmt(handle(), one))
      texts.emplace_back(sqlite3_sql(one));
    std::vector<std::string> lines;
    for (const auto& text : texts) {
      SQLite::Statement plan(in.database(), "EXPLAIN QUERY PLAN " + text);
      while (plan.executeStep())
        lines.push_back(std::string(plan.getColumn(3).getString()) + "   <- " + text);
    }
    return lines;
  }

  /// Returns the instructions of SQLite's machine that `act` takes: a measure of work without a clock.
  int work_of(const std::function<void()>& act) {
    const auto sum = [&](bool reset) {
      int instructions = 0;
      for (auto* one = sqlite3_next_stmt(handle(), nullptr); one != nullptr;
           one = sqlite3_next_stmt(handle(), one))
        instructions += sqlite3_stmt_status(one, SQLITE_STMTSTATUS_VM_STEP, reset ? 1 : 0);
      return instructions;
    };
    act(); // prepares the statements
    sum(true);
    act();
    return sum(false);
  }

  void add_rule(const std::string& id, std::optional<utc_time> until = {}) {
    rules.put({id, 1, "text", "", now, now});
    const rule_state said{rule_mode::disabled, 1, "r", "ann", now, until};
    rules.put_state(id, said);
    rules.append_change({0, now, rule_change_kind::state, id, "ann", {}, said});
  }

  void use_rules() {
    add_rule("a", now);
    rules.find("a");
    rules.list("", 10);
    rules.state("a");
    rules.states("", 10);
    rules.expired(now, 10);
    rules.changes(0, 10);
    rules.change_range();
    rules.forget_changes(1);
    rules.erase_state("a");
    rules.erase("a");
  }

  void use_everything() {
    const auto row = insert(0, 0ms);
    runs.find(row.id);
    runs.body(row.id);
    runs.find_by_key("default", "k");
    auto changed = row;
    runs.update(changed, 1);
    changed.status = run_status::running;
    runs.update(changed, 1);
    runs.next_to_advance(default_lane, now, {});
    runs.next_due(default_lane, now - 1ms);
    runs.next_to_settle(default_lane);
    runs.has_owned(default_lane);
    runs.count_owned(default_lane);
    runs.children(row.id);
    runs.list({});
    runs.list({"default"});
    run_filter typed;
    typed.job_type = "build";
    runs.list(typed);
    typed.lane = "default";
    runs.list(typed);
    runs.lanes();
    steps.put(row.id, {"a", {}});
    steps.list(row.id);
    commands.set_state(commands.insert({0, row.id, run_command::pause, "", "", now}),
                       command_state::replaced);
    commands.undelivered(row.id);
    commands.list(row.id);
    commands.after(0, 10);
    auto made = number_events(row.id, 0, now, {{run_event_kind::step_log, json::parse("{}")}});
    events.append(made);
    events.since(0, 10);
    events.of_run(row.id, 0, 10);
    leases.find(row.id);
    leases.put(row.id, {1, lease_owner{"b", 1, 2, 3}, {"b", 1s}});
    leases.held({}, 10);
    leases.expired({"b", 2s}, 10);
    lanes.set_settings("default", "default", {});
    lanes.set_usage("default", "another", {});
    lanes.find("default", "default");
    lanes.list();
    audit.append({0, now, "", "", ""});
    audit.since(0, 10);
    use_rules();
    keys.forget();
    runs.find(row.id);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sqlite_plans, plan_scene)

BOOST_AUTO_TEST_CASE(every_statement_of_the_store_walks_an_index_and_sorts_nothing) {
  use_everything();
  const auto lines = plans();
  BOOST_TEST(lines.size() > 20u);
  for (const auto& line : lines) {
    BOOST_TEST_MESSAGE(line);
    BOOST_TEST(line.find("TEMP B-TREE") == line.npos, line);
    // Only those with an owner stand in this index, and that is what is looked through.
    const bool looks_through_held = line.rfind("SCAN l USING INDEX leases_held", 0) == 0;
    const bool is_small = line.rfind("SCAN schema_migrations", 0) == 0 || line.rfind("SCAN lanes", 0) == 0;
    BOOST_TEST((line.rfind("SCAN", 0) != 0 || looks_through_held || is_small), line);
  }
}

BOOST_AUTO_TEST_CASE(the_next_run_is_found_by_walking_the_queue) {
  runs.next_to_advance(default_lane, now, {});
  runs.next_to_settle(default_lane);
  const auto lines = plans();
  const auto has = [&](const std::string& start) {
    for (const auto& line : lines)
      if (line.rfind(start, 0) == 0)
        return true;
    return false;
  };
  BOOST_TEST(has("SEARCH runs USING INDEX runs_advance (env=? AND lane=? AND priority<?)"));
  BOOST_TEST(has("SEARCH runs USING INDEX runs_settle (env=? AND lane=?)"));
}

BOOST_AUTO_TEST_CASE(selection_takes_as_much_work_for_many_runs_as_for_few) {
  const auto select = [&] { return work_of([&] { runs.next_to_advance(default_lane, now, {}); }); };
  for (int i = 0; i < 10; ++i)
    insert(0, 0ms);
  const auto few = select();
  for (int i = 0; i < 3000; ++i)
    insert(0, 0ms, i % 2 == 0 ? run_status::queued : run_status::succeeded);
  BOOST_TEST(select() == few);
}

BOOST_AUTO_TEST_CASE(runs_that_are_not_due_yet_are_skipped_by_priority_and_not_one_by_one) {
  const auto select = [&] { return work_of([&] { runs.next_to_advance(default_lane, now, {}); }); };
  const auto due = insert(0, 0ms);
  insert(9, 1h);
  insert(5, 1h);
  const auto few = select();
  for (int i = 0; i < 3000; ++i)
    insert(i % 2 == 0 ? 9 : 5, 1h + std::chrono::milliseconds{i});
  BOOST_TEST(select() == few);
  BOOST_TEST((runs.next_to_advance(default_lane, now, {})->id == due.id));
}

BOOST_AUTO_TEST_CASE(when_the_next_run_is_due_takes_as_much_work_for_many_runs_as_for_few) {
  const auto look = [&] { return work_of([&] { runs.next_due(default_lane, now); }); };
  const auto add = [&](std::chrono::milliseconds later) {
    insert(9, 0ms);
    insert(9, 1h + later);
    insert(5, 2h + later);
    insert(5, 0ms, run_status::succeeded);
    insert(0, 0ms, run_status::running);
    insert(7, 1ms, run_status::queued, "other");
  };
  add(0ms);
  const auto few = look();
  for (int i = 0; i < 500; ++i)
    add(std::chrono::milliseconds{i});
  BOOST_TEST(look() == few);
  BOOST_TEST((runs.next_due(default_lane, now) == now + 1h));
}

BOOST_AUTO_TEST_CASE(lanes_take_as_much_work_for_many_runs_as_for_few) {
  const auto look = [&] { return work_of([&] { runs.lanes(); }); };
  const auto add = [&] {
    insert(0, 0ms);
    insert(0, 0ms, run_status::succeeded, "other");
  };
  add();
  const auto few = look();
  for (int i = 0; i < 1000; ++i)
    add();
  BOOST_TEST(look() == few);
}

BOOST_AUTO_TEST_CASE(the_lanes_of_others_and_finished_runs_are_not_looked_at) {
  const auto select = [&] { return work_of([&] { runs.next_to_advance(default_lane, now, {}); }); };
  const auto add_others = [&] {
    insert(9, 0ms, run_status::queued, "other");
    insert(9, 0ms, run_status::succeeded);
    insert(9, 0ms, run_status::paused);
  };
  add_others();
  const auto few = select();
  for (int i = 0; i < 1000; ++i)
    add_others();
  BOOST_TEST(select() == few);
}

BOOST_AUTO_TEST_CASE(every_filtered_page_takes_as_much_work_for_many_runs_as_for_few) {
  const std::vector<run_filter> filters = {{},
                                           {"default"},
                                           {"", "rare"},
                                           {"default", "rare"},
                                           {"", "", run_status::failed},
                                           {"default", "", run_status::failed},
                                           {"default", "rare", run_status::failed}};
  for (int i = 0; i < 20; ++i)
    insert(0, 0ms, run_status::failed, "rare");
  for (int i = 0; i < 20; ++i)
    insert(0, 0ms, run_status::succeeded);
  const auto works = [&] {
    std::vector<int> found;
    for (auto filter : filters) {
      filter.limit = 10;
      found.push_back(work_of([&] { runs.list(filter); }));
    }
    return found;
  };
  const auto few = works();
  for (int i = 0; i < 3000; ++i)
    insert(0, 0ms, run_status::succeeded);
  BOOST_TEST(works() == few, boost::test_tools::per_element());
  // A page that begins late has to look at less.
  run_filter recent{"default"};
  recent.limit = 10;
  const auto whole = work_of([&] { runs.list(recent); });
  recent.since = now + 1h;
  BOOST_TEST(work_of([&] { runs.list(recent); }) < whole);
}

BOOST_AUTO_TEST_CASE(pages_by_job_type_take_as_much_work_for_many_runs_as_for_few) {
  const auto insert_typed = [&](const char* type, run_status status) {
    run_row row;
    row.id = ids.make(now);
    row.env = row.lane = "default";
    row.job_type = type;
    row.status = status;
    row.available_at = row.created_at = row.updated_at = now;
    runs.insert(row, {"{}", "null"});
  };
  const auto page = [](const char* type, std::optional<run_status> status) {
    run_filter filter{"default", "", status};
    filter.job_type = type;
    filter.limit = 10;
    return filter;
  };
  run_filter any_lane;
  any_lane.job_type = "rare";
  any_lane.limit = 10;
  const std::vector<run_filter> filters = {any_lane, page("rare", std::nullopt),
                                           page("rare", run_status::succeeded),
                                           page("frequent", run_status::failed)};
  for (int i = 0; i < 20; ++i) {
    insert_typed("rare", run_status::succeeded);
    insert_typed("frequent", run_status::failed);
  }
  insert_typed("frequent", run_status::succeeded);
  const auto works = [&] {
    std::vector<int> found;
    for (const auto& filter : filters)
      found.push_back(work_of([&] { runs.list(filter); }));
    return found;
  };
  const auto few = works();
  for (int i = 0; i < 3000; ++i)
    insert_typed("frequent", run_status::succeeded);
  BOOST_TEST(works() == few, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(looking_for_news_of_rules_takes_as_much_work_for_many_as_for_few) {
  const auto look = [&] {
    return work_of([&] {
      const auto range = rules.change_range();
      rules.changes(range.last, 10);
      rules.expired(now, 10);
      rules.list("r1", 2);
    });
  };
  int made = 0;
  const auto add = [&] { add_rule("r" + std::to_string(++made), now + 1h); };
  for (int i = 0; i < 20; ++i)
    add();
  const auto few = look();
  for (int i = 0; i < 1000; ++i)
    add();
  BOOST_TEST(look() == few);
}

BOOST_AUTO_TEST_CASE(an_update_that_moves_nothing_in_a_queue_writes_no_index) {
  auto row = insert(0, 0ms);
  row.version = 2;
  const auto in_place = work_of([&] {
    row.version = 1;
    runs.update(row, row.version);
  });
  bool owned = false;
  const auto moved = work_of([&] {
    row.owned = owned = !owned;
    runs.update(row, row.version);
  });
  BOOST_TEST(in_place < moved);
}

BOOST_AUTO_TEST_CASE(a_run_that_another_process_moved_is_still_updated) {
  auto row = insert(0, 0ms);
  // What is remembered of the run is out of date now.
  in.execute("UPDATE runs SET priority = 7", "move");
  row.updated_at = now + 1s;
  BOOST_TEST(runs.update(row, 1));
  BOOST_TEST((runs.find(row.id) == row));
}

BOOST_AUTO_TEST_SUITE_END()
