#include "runtime/embed/run_runtime.hpp"
#include "tests/faults/crashed_runs.hpp"
#include "tests/faults/fault_steps.hpp"
#include "tests/faults/worker_process.hpp"
#include "tests/support/raw_database.hpp"
#include "tests/support/scratch_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace sluice;

namespace {

/// Workers that are crashed side by side: most of a life is waiting.
constexpr unsigned lives_at_a_time = 6;

struct job {
  std::string type;
  std::string steps;
};

/// Returns a step that is a flow of so many messages; `rate` a second, or without a limit.
std::string flow_of(int count, int rate) {
  return R"({"kind": "flow", "params": {"graph": {"version": 1, "name": "numbers", "nodes": {"make": )"
         R"({"type": "generate", "count": )" +
         std::to_string(count) + R"(, "rate": )" + std::to_string(rate) +
         R"(}, "keep": {"type": "discard"}}, "edges": ["make -> keep"]}}})";
}

/// Something of everything that a worker does.
std::vector<job> jobs() {
  const std::string effect = R"({"kind": "effect", "deps": ["a"]})";
  const auto then_effect = [&](const std::string& first) {
    return R"("a": )" + first + R"(, "e": )" + effect;
  };
  return {
      {"chain", R"("a": {"kind": "noop"}, "b": {"kind": "sleep", "params": {"for": "20ms"}, "deps": ["a"]},)"
                R"("ex": )" +
                    exec_effect(R"(, "deps": ["b"])") + R"(, "e": {"kind": "effect", "deps": ["ex"]})"},
      {"retry",
       R"("e": {"kind": "effect", "params": {"fail": 2}, "retry": {"max_attempts": 3,)"
       R"("delay": "20ms", "backoff": "fixed", "jitter": 0}}, "z": {"kind": "noop", "deps": ["e"]})"},
      {"fail",
       R"("a": {"kind": "noop", "params": {"fail": "it must"}}, "e": {"kind": "effect", "deps": ["a"]})"},
      {"pause", then_effect(R"({"kind": "tell", "params": {"commands": ["pause"]}})")},
      {"waits", then_effect(R"({"kind": "tell", "params": {"commands": ["pause"]}})")},
      {"waits", R"("e": {"kind": "effect"})"},
      {"resume", then_effect(R"({"kind": "tell", "params": {"commands": ["pause", "resume"]}})")},
      {"intervene", then_effect(R"({"kind": "tell", "params": {"commands": ["intervene"]}})")},
      {"cancel", then_effect(R"({"kind": "tell", "params": {"commands": ["cancel"]}})")},
      {"stop", then_effect(R"({"kind": "stop"})")},
      {"suspend", then_effect(R"({"kind": "suspend"})")},
      {"flow", then_effect(flow_of(1000, 0))},
      // The flow stands still for a while, and its run is paused with it.
      {"held", R"("a": )" + flow_of(20, 50) +
                   R"(, "t": {"kind": "tell", "params": {"commands": ["pause"]}},)" + R"("e": )" + effect},
      {"http", R"("a": {"kind": "http", "params": {"url": "http://127.0.0.1:1/", "timeout": "1s"}})"},
      {"wide",
       R"("a": )" + exec_effect() +
           R"(, "e1": {"kind": "effect"}, "e2": {"kind": "effect"},)"
           R"("s": {"kind": "sleep", "params": {"for": "500ms"}}, "z": {"kind": "noop", "deps": ["a", "s"],)"
           R"("params": {"result": {"code": "${steps.a.result.exit_code}"}}})"},
  };
}

/// True for what shifts clocks or stops workers, which only one worker at a time may do.
bool is_for_one(const job& one) {
  return one.type == "suspend" || one.type == "stop";
}

/// Submits the jobs to a new database, which then is nobody's. Returns how many runs there are.
std::size_t submit_jobs(const std::filesystem::path& folder, const std::vector<job>& all, int times = 1) {
  std::size_t count = 0;
  run_options options;
  options.database = folder / "runs.db";
  options.steps = fault_steps(std::make_shared<worker_hands>());
  options.workers = 1;
  run_runtime runtime(options);
  for (int i = 0; i < times; ++i)
    for (const auto& each : all) {
      run_submission submission;
      submission.job_type = each.type;
      submission.graph = fault_graph(*options.steps, R"({"version": 1, "steps": {)" + each.steps + "}}");
      const auto made = runtime.submit(submission);
      ++count;
      if (each.type != "cancel")
        continue;
      submission.job_type = "child";
      submission.graph = fault_graph(
          *options.steps, R"({"version": 1, "steps": {"s": {"kind": "sleep", "params": {"for": "100ms"}}}})");
      submission.parent_run_id = made.id;
      (void)runtime.submit(submission);
      ++count;
    }
  return count;
}

/// A database with jobs, copied for every life.
class crash_scene {
public:
  crash_scene() : runs_(submit_jobs(fresh_.path(), jobs())) {}

  std::size_t runs() const noexcept { return runs_; }

  void copy_to(const std::filesystem::path& folder) const {
    // What was committed last stands in the log.
    for (const std::string file : {"runs.db", "runs.db-wal"})
      std::filesystem::copy_file(fresh_.path() / file, folder / file);
  }

private:
  scratch_folder fresh_;
  std::size_t runs_;
};

using passings = std::map<std::string, int>;

bool is_of_guard(const std::string& name) {
  return name.rfind("guard.", 0) == 0;
}

passings read_passings(const std::filesystem::path& log) {
  passings found;
  std::ifstream lines(log);
  // Guards of `exec` steps have a process each, and a test of their own.
  for (std::string name; lines >> name;)
    if (!is_of_guard(name))
      ++found[name];
  return found;
}

/// The environment of workers under a policy.
const std::vector<std::string> with_policy = {"FAULT_POLICY=1"};

int finish(const std::filesystem::path& folder, std::vector<std::string> environment,
           const std::string& more) {
  environment.push_back(more);
  return worker_process(folder, "until-done", environment).wait();
}

/// Returns the points that a worker passes which nobody kills, after one that was killed at `fault` if any.
passings points_on_the_way(const crash_scene& scene, const std::vector<std::string>& environment,
                           const std::string& fault = "") {
  const scratch_folder folder;
  scene.copy_to(folder.path());
  if (!fault.empty())
    BOOST_TEST(finish(folder.path(), environment, "SLUICE_FAULT=" + fault) == 128 + SIGKILL);
  const auto log = folder.path() / "passed";
  BOOST_TEST(finish(folder.path(), environment, "SLUICE_FAULT_LOG=" + log.native()) == 0);
  for (const auto& each : what_is_wrong(folder.path(), scene.runs()))
    BOOST_ERROR(each);
  return read_passings(log);
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// What became of lives that ended at faults.
struct crash_report {
  std::mutex mutex;
  std::vector<std::string> wrong;
  /// Names at which a worker was killed, and how often one was.
  std::set<std::string> names;
  /// Statuses of runs, and kinds of steps under way, at these moments.
  std::set<std::string> statuses;
  std::set<std::string> kinds;
  int crashes = 0;

  void add(const std::string& faults, const std::vector<std::string>& findings,
           const std::filesystem::path& folder) {
    const std::lock_guard lock(mutex);
    for (const auto& each : findings)
      wrong.push_back(faults + ": " + each);
    if (!findings.empty())
      wrong.push_back("log of " + faults + ":\n" + text_of(folder / "log"));
  }
  void count(const std::string& fault, const std::filesystem::path& folder) {
    raw_database raw(folder / "runs.db");
    const auto of_runs = raw.rows("SELECT DISTINCT status FROM runs");
    const auto of_steps =
        raw.rows("SELECT DISTINCT json_extract(run_graph, '$.steps.' || step || '.kind') FROM run_steps "
                 "JOIN run_state USING (run_key) WHERE status = 'running'");
    const std::lock_guard lock(mutex);
    statuses.insert(of_runs.begin(), of_runs.end());
    kinds.insert(of_steps.begin(), of_steps.end());
    names.insert(fault.substr(0, fault.find(':')));
    ++crashes;
  }
};

/// Workers that are killed one after the other, each at its fault; the next one finishes.
struct life {
  std::vector<std::string> faults;
  std::vector<std::string> environment = {};
};

void live(const crash_scene& scene, const life& mine, crash_report& report) {
  const scratch_folder folder;
  scene.copy_to(folder.path());
  std::string story;
  for (const auto& fault : mine.faults) {
    story += (story.empty() ? "" : " then ") + fault;
    const int status = finish(folder.path(), mine.environment, "SLUICE_FAULT=" + fault);
    // A later passing need not come: what is done together varies.
    if (status == 128 + SIGKILL)
      report.count(fault, folder.path());
    else if (status != 0)
      report.add(story, {"its worker ended with " + std::to_string(status)}, folder.path());
  }
  const int status = finish(folder.path(), mine.environment, "SLUICE_FAULT=");
  auto findings = what_is_wrong(folder.path(), scene.runs());
  if (status != 0)
    findings.push_back("the last worker ended with " + std::to_string(status));
  report.add(story, findings, folder.path());
}

void live_all(const crash_scene& scene, const std::vector<life>& lives, crash_report& report) {
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < lives_at_a_time; ++i)
    threads.emplace_back([&] {
      for (auto mine = next++; mine < lives.size(); mine = next++)
        live(scene, lives[mine], report);
    });
  for (auto& thread : threads)
    thread.join();
  for (const auto& each : report.wrong)
    BOOST_ERROR(each);
  BOOST_TEST_MESSAGE(report.crashes << " crashes at " << report.names.size() << " points");
}

/// The first passing, one in the middle, and one near the end.
std::vector<std::string> faults_at(const std::string& name, int times) {
  std::set<int> chosen = {1, (times + 1) / 2, std::max(1, times * 9 / 10)};
  std::vector<std::string> faults;
  for (const int nth : chosen)
    faults.push_back(name + ":" + std::to_string(nth));
  return faults;
}

} // namespace

BOOST_AUTO_TEST_SUITE(run_crashes)

BOOST_AUTO_TEST_CASE(a_worker_that_is_killed_at_any_point_leaves_runs_that_the_next_one_finishes) {
  const crash_scene scene;
  const auto points = points_on_the_way(scene, {});
  for (const std::string name : {"claim.sent",
                                 "claim.begun",
                                 "claim.written",
                                 "claim.answered",
                                 "run.handed_over",
                                 "run.taken",
                                 "attempt.begun",
                                 "thread.begun",
                                 "noop.run",
                                 "sleep.due",
                                 "sleep.run",
                                 "exec.begun",
                                 "exec.started",
                                 "exec.ended",
                                 "exec.reaped",
                                 "http.begun",
                                 "http.ended",
                                 "flow.begun",
                                 "flow.started",
                                 "flow.ended",
                                 "attempts.held",
                                 "function.begun",
                                 "function.ended",
                                 "thread.ending",
                                 "attempt.ended",
                                 "turn.decided",
                                 "change.begun",
                                 "change.written",
                                 "boundary.written",
                                 "turn.acknowledged",
                                 "notes.due",
                                 "command.begun",
                                 "command.written",
                                 "command.told",
                                 "renewal.sent",
                                 "renew.begun",
                                 "renew.written",
                                 "renewal.answered",
                                 "lease.lost",
                                 "give_up.begun",
                                 "give_up.done",
                                 "reclaim.half",
                                 "reclaim.written",
                                 "owners.looked_at",
                                 "worker.stopping",
                                 "hand_back.told",
                                 "run.leaving",
                                 "attempts.interrupted",
                                 "run.left",
                                 "worker.ending",
                                 "transaction.begun",
                                 "transaction.written",
                                 "transaction.committed"})
    BOOST_TEST(points.count(name) == 1u, name);
  std::vector<life> lives;
  for (const auto& [name, times] : points)
    for (const auto& fault : faults_at(name, times))
      lives.push_back({{fault}});
  crash_report report;
  live_all(scene, lives, report);
  BOOST_TEST(report.names.size() >= 50u);
  BOOST_TEST(report.crashes > 90);
  for (const std::string status : {"queued", "running", "pausing", "paused", "intervening", "cancelling",
                                   "succeeded", "failed", "cancelled"})
    BOOST_TEST(report.statuses.count(status) == 1u, "no worker died while a run was " << status);
  for (const std::string kind :
       {"noop", "sleep", "exec", "http", "flow", "effect", "tell", "stop", "suspend"})
    BOOST_TEST(report.kinds.count(kind) == 1u, "no worker died within a step " << kind);
}

BOOST_AUTO_TEST_CASE(a_worker_that_is_killed_while_it_recovers_leaves_runs_that_the_next_one_finishes) {
  const crash_scene scene;
  const std::string first = "turn.decided:12";
  std::vector<life> lives;
  for (const auto& [name, times] : points_on_the_way(scene, {}, first))
    lives.push_back({{first, name}});
  crash_report report;
  live_all(scene, lives, report);
  BOOST_TEST(report.names.size() >= 40u);
}

BOOST_AUTO_TEST_CASE(under_a_policy_a_killed_worker_leaves_runs_that_the_next_one_finishes_or_blocks) {
  const crash_scene scene;
  std::vector<life> lives;
  for (const auto& [name, times] : points_on_the_way(scene, with_policy))
    lives.push_back({{name + ":" + std::to_string((times + 2) / 3)}, with_policy});
  crash_report report;
  live_all(scene, lives, report);
  BOOST_TEST(report.names.size() >= 35u);
  for (const std::string status : {"preparing", "blocked"})
    BOOST_TEST(report.statuses.count(status) == 1u, "no worker died while a run was " << status);
}

BOOST_AUTO_TEST_CASE(workers_that_are_killed_200_times_at_random_moments_finish_every_run) {
  const char* const chosen = std::getenv("SLUICE_SEED");
  const auto seed = chosen != nullptr ? std::strtoull(chosen, nullptr, 10) : std::random_device{}();
  BOOST_TEST_MESSAGE("SLUICE_SEED=" << seed);
  std::mt19937_64 random(seed);
  auto all = jobs();
  all.erase(std::remove_if(all.begin(), all.end(), is_for_one), all.end());
  const scratch_folder folder;
  const auto runs = submit_jobs(folder.path(), all, 80);
  std::vector<worker_process> workers;
  constexpr int wanted = 200;
  int kills = 0;
  for (int lives = 0; kills < wanted && lives < 2 * wanted; ++lives) {
    if (workers.size() > 1)
      workers.erase(workers.begin());
    workers.emplace_back(folder.path(), "stay", std::vector<std::string>{}, 2);
    const std::chrono::milliseconds time{random() % 200};
    auto& victim = workers.front();
    if (!victim.ends_within(time)) {
      victim.kill();
      ++kills;
    }
  }
  workers.clear();
  BOOST_TEST(kills == wanted);
  BOOST_TEST_MESSAGE(raw_database(folder.path() / "runs.db")
                         .row("SELECT count(*) FROM runs WHERE status NOT IN ('succeeded', 'failed', "
                              "'cancelled', 'paused', 'intervening')")
                     << " runs left of " << runs);
  BOOST_TEST(worker_process(folder.path(), "until-done", {}, 32).wait() == 0);
  for (const auto& each : what_is_wrong(folder.path(), runs))
    BOOST_ERROR(each);
}

BOOST_AUTO_TEST_SUITE_END()
