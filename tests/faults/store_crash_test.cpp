#include "persistence/operations/age_out.hpp"
#include "persistence/operations/lane_operations.hpp"
#include "persistence/operations/retry_run.hpp"
#include "persistence/sqlite/maintenance.hpp"
#include "tests/support/forked_child.hpp"
#include "tests/support/store_scene.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

const retention_rules week{.runs = 7 * 24h, .audit = 7 * 24h};
constexpr std::size_t piece_rows = 20;

/// A database that outlives the process that opened it.
struct file_backend {
  std::unique_ptr<sqlite_store> opened;
  store& get() { return *opened; }
};

struct store_life : store_scene<file_backend> {
  std::filesystem::path folder;

  explicit store_life(std::filesystem::path where) : folder(std::move(where)) {
    sqlite_options options;
    options.path = folder / "runs.db";
    // So that commits move the log, too.
    options.log_limit_pages = 40;
    backend.opened = std::make_unique<sqlite_store>(options, now);
  }

  /// Notes, as a client would, what it was told is there.
  void acknowledge(const uuid& run) {
    std::ofstream(folder / "acknowledged", std::ios::app) << to_string(run) << '\n';
  }
  uuid submit_and_note(const std::vector<std::string>& steps, const uuid& parent = {}) {
    run_submission submission;
    submission.graph = chain_of(steps);
    if (!parent.empty())
      submission.parent_run_id = parent;
    const auto id = submit(submission).id;
    acknowledge(id);
    return id;
  }

  void cross(claimed_run& run, std::size_t ended, std::size_t begun) {
    auto change = change_of(run, first);
    const attempt_outcome outcome;
    run.steps.end_attempt(ended, outcome, now, [] { return std::uint64_t{0}; });
    const auto& id = run.steps.spec(ended).id;
    change.steps = {{id, run.steps.step(ended), now, now}};
    change.acts = {step_ended_event(id, run.steps.step(ended), outcome)};
    run_change_continuation next;
    const auto attempt = run.steps.begin_attempt(begun);
    const auto& spec = run.steps.spec(begun);
    next.steps = {{spec.id, run.steps.step(begun), now}};
    next.acts = {step_started_event({run.row.id, spec.id, attempt, run.token}, spec.kind)};
    next.ticks = 1;
    run.row = commit([&] { return cross_boundary(in(), change, next, now).row; });
  }

  std::size_t reclaim() {
    return commit([&] { return reclaim_runs(in(), boot, now, {}, 100).size(); });
  }

  /// Makes runs that were over long ago, one with more events than a piece takes.
  void make_old_runs() {
    now -= 30 * 24h;
    for (const std::size_t count : {45, 3, 3}) {
      const auto run = submit_chain({"a"});
      commit([&] { return add_events(run, count); });
      tell(run, run_command::cancel);
    }
    now += 30 * 24h;
  }
  bool add_events(const uuid& run, std::size_t count) {
    auto row = in().runs().find(run).value();
    std::vector<run_event> events(count);
    for (auto& each : events)
      each = {0, run, ++row.last_seq, run_event_kind::step_log, now, json::parse("{}")};
    in().events().append(events);
    const auto seen = row.version++;
    return in().runs().update(row, seen);
  }

  /// Removes what is old, in pieces.
  void sweep() {
    while (commit([&] { return age_out(in(), week, now, piece_rows); }).more) {
    }
  }

  /// Something of everything that is written.
  void live() {
    make_old_runs();
    submit_and_note({"a", "b"});
    auto one = *claim(first).run;
    begin_running(one, first);
    begin_step(one, first, 0);
    commit([&] { return renew_leases(in(), first, {{one.row.id, one.token}}, boot, defaults::lease_ttl); });
    cross(one, 0, 1);
    end_step(one, first, 1);
    finish(one, first);
    const auto told = submit_and_note({"a"});
    tell(told, run_command::pause);
    tell(told, run_command::resume);
    const auto parent = submit_and_note({"a"});
    submit_and_note({"a"}, parent);
    tell(parent, run_command::cancel);
    acknowledge(commit([&] { return retry_run(in(), parent, ids.make(now), "ann", now).id; }));
    commit([&] { return set_lane(in(), {"default", "default"}, {true, "busy"}, "ann", now); });
    const auto back = *claim(first).run;
    commit([&] {
      hand_back(in(), back.row.id, {first, back.token}, now);
      return 0;
    });
    auto lost = *claim(first).run;
    begin_running(lost, first);
    begin_step(lost, first, 0);
    wait(defaults::lease_ttl);
    reclaim();
    sweep();
  }

  std::vector<run_row> all_runs() {
    return commit([&] { return in().runs().list({}); });
  }

  /// What the next process does.
  void recover() {
    wait(defaults::lease_ttl * 2);
    reclaim();
    for (const auto& row : all_runs())
      if (row.status == run_status::paused)
        tell(row.id, run_command::resume);
    for (auto answer = claim(second); answer.outcome == tick_outcome::ticked; answer = claim(second))
      if (answer.run)
        finish(*answer.run, second);
    sweep();
  }

  void require_whole() {
    std::set<std::string> there;
    for (const auto& row : all_runs()) {
      there.insert(to_string(row.id));
      BOOST_TEST(is_terminal(row.status), to_string(row.status));
      std::map<std::string, int> succeeded;
      int ends = 0;
      for (const auto& event : commit([&] { return in().events().of_run(row.id, 0, 1000); })) {
        if (event.kind == run_event_kind::step_succeeded)
          ++succeeded[event.payload.value().at("step").get<std::string>()];
        ends += event.kind == run_event_kind::run_succeeded || event.kind == run_event_kind::run_cancelled;
      }
      BOOST_TEST(ends == 1);
      for (const auto& [step, times] : succeeded)
        BOOST_TEST(times == 1, step);
    }
    commit([&] {
      BOOST_TEST(in().runs().finished_before(now - *week.runs, 1).empty());
      for (const auto& each : in().audit().since(0, 1))
        BOOST_TEST((each.at >= now - *week.audit));
      return 0;
    });
    std::ifstream acknowledged(folder / "acknowledged");
    for (std::string id; acknowledged >> id;)
      BOOST_TEST(there.count(id) == 1u, id);
    BOOST_TEST(check_database(folder / "runs.db") == std::vector<std::string>{},
               boost::test_tools::per_element());
  }
};

/// Lives in another process, which dies where `fault` says; returns its exit status.
int live_elsewhere(const std::filesystem::path& folder, const std::string& fault) {
  return forked_child([&](forked_child&) {
           ::setenv("SLUICE_FAULT", fault.c_str(), 1);
           ::setenv("SLUICE_FAULT_LOG", (folder / "passed").c_str(), 1);
           store_life(folder).live();
           return 0;
         })
      .wait();
}

/// Returns the points that are passed in a life without a crash, in order.
std::vector<std::string> way_of_life() {
  const scratch_folder folder;
  BOOST_TEST(live_elsewhere(folder.path(), "") == 0);
  std::ifstream passed(folder.path() / "passed");
  return {std::istream_iterator<std::string>(passed), {}};
}

/// Returns how often each of them is passed.
std::map<std::string, int> points_on_the_way() {
  std::map<std::string, int> passings;
  for (const auto& name : way_of_life())
    ++passings[name];
  return passings;
}

/// Returns the faults after each commit of a piece that was aged out, e.g. `transaction.committed:17`.
std::vector<std::string> faults_between_pieces() {
  std::vector<std::string> faults;
  int commits = 0;
  bool aged_out = false;
  for (const auto& name : way_of_life()) {
    aged_out = aged_out || name == "aged_out";
    if (name != "transaction.committed")
      continue;
    ++commits;
    if (aged_out)
      faults.push_back(name + ":" + std::to_string(commits));
    aged_out = false;
  }
  return faults;
}

void require_recovery_after(const std::string& fault) {
  BOOST_TEST_CONTEXT(fault) {
    const scratch_folder folder;
    BOOST_TEST(live_elsewhere(folder.path(), fault) == 128 + SIGKILL);
    store_life next(folder.path());
    next.recover();
    next.require_whole();
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(store_crashes)

BOOST_AUTO_TEST_CASE(a_life_passes_the_points_of_everything_that_is_written) {
  const auto passings = points_on_the_way();
  for (const std::string name : {"transaction.begun", "transaction.written", "transaction.committed",
                                 "checkpoint.begun",  "checkpoint.done",     "migration.begun",
                                 "migration.half",    "migration.written",   "migration.committed",
                                 "create.begun",      "create.written",      "claim.begun",
                                 "claim.written",     "renew.begun",         "renew.written",
                                 "change.begun",      "change.written",      "boundary.written",
                                 "command.begun",     "command.half",        "command.written",
                                 "hand_back.written", "reclaim.half",        "reclaim.written",
                                 "retry.written",     "lane.written",        "run.half",
                                 "aged_out"})
    BOOST_TEST(passings.count(name) == 1u, name);
}

BOOST_AUTO_TEST_CASE(a_crash_at_any_point_leaves_a_whole_database_and_the_next_process_goes_on) {
  int crashes = 0;
  for (const auto& [name, passings] : points_on_the_way()) {
    // The first, the last, and some between.
    std::set<int> chosen = {1, passings, (passings + 1) / 2, (passings + 3) / 4, (3 * passings + 3) / 4};
    for (const int nth : chosen) {
      require_recovery_after(name + ":" + std::to_string(nth));
      ++crashes;
    }
  }
  BOOST_TEST_MESSAGE(crashes << " crashes");
  BOOST_TEST(crashes > 60);
}

BOOST_AUTO_TEST_CASE(a_crash_between_two_pieces_that_are_aged_out_leaves_the_rest_to_the_next_process) {
  const auto faults = faults_between_pieces();
  // The run of many events alone takes three.
  BOOST_TEST(faults.size() >= 4u);
  for (const auto& fault : faults)
    require_recovery_after(fault);
}

BOOST_AUTO_TEST_SUITE_END()
