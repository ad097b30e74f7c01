#include "runtime/embed/run_runtime.hpp"
#include "tests/faults/crashed_runs.hpp"
#include "tests/faults/fault_steps.hpp"
#include "tests/faults/worker_process.hpp"
#include "tests/support/raw_database.hpp"
#include "tests/support/scratch_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <vector>

using namespace sluice;

namespace {

using clock_type = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr unsigned processes = 8;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// An `exec` step that says when an attempt at it begins and when it ends, in a file of its run.
std::string traced(const std::string& seconds, const std::string& more) {
  const std::string line = R"(echo \"$SLUICE_STEP $SLUICE_ATTEMPT $SLUICE_FENCING_TOKEN )";
  return R"({"kind": "exec", "params": {"argv": ["/bin/sh", "-c", ")" + line +
         R"(begin\" >> trace-$SLUICE_RUN_ID; sleep )" + seconds + "; " + line +
         R"(end\" >> trace-$SLUICE_RUN_ID"]})" + more + "}";
}

std::vector<uuid> submit(const std::filesystem::path& folder, std::uint64_t count, std::mt19937_64& random) {
  run_options options;
  options.database = folder / "runs.db";
  options.steps = fault_steps(std::make_shared<worker_hands>());
  options.workers = 1;
  run_runtime runtime(options);
  std::vector<uuid> ids;
  for (std::uint64_t i = 0; i < count; ++i) {
    // Some outlive a lease, so that an owner is stopped within them.
    const std::string seconds = random() % 8 == 0 ? "1.3" : "0.02";
    run_submission submission;
    submission.graph =
        fault_graph(*options.steps, R"({"version": 1, "steps": {"a": )" + traced(seconds, "") + R"(, "b": )" +
                                        traced("0.02", R"(, "deps": ["a"])") + "}}");
    ids.push_back(runtime.submit(submission).id);
  }
  return ids;
}

/// Eight workers of which one or the other is stopped for a while, or killed and replaced.
class troubled_workers {
public:
  troubled_workers(std::filesystem::path folder, std::mt19937_64& random)
      : folder_(std::move(folder)), random_(random) {
    for (unsigned i = 0; i < processes; ++i)
      workers_.push_back({make(), {}});
  }

  /// Does something to one of them, then waits a little. `gently`: kills and stops nobody.
  void trouble(bool gently) {
    const auto now = clock_type::now();
    for (auto& each : workers_)
      if (each.stopped_until && *each.stopped_until <= now)
        go_on(each);
    auto& victim = workers_[random_() % workers_.size()];
    const auto dice = gently ? 10 : random_() % 10;
    if (dice == 0) {
      victim.process.kill();
      victim = {make(), {}};
      ++kills;
    } else if (dice < 4 && !victim.stopped_until) {
      victim.process.signal(SIGSTOP);
      victim.stopped_until = now + milliseconds{random_() % 3'000};
      ++stops;
    }
    if (victim.process.ends_within(milliseconds{random_() % 200})) {
      ++ended;
      victim = {make(), {}};
    }
  }

  /// Returns whether all leave in order.
  bool leave() {
    for (auto& each : workers_) {
      go_on(each);
      each.process.signal(SIGTERM);
    }
    bool all = true;
    for (auto& each : workers_) {
      const int status = each.process.wait();
      BOOST_TEST(status == 0, "a worker left with " << status);
      all = status == 0 && all;
    }
    return all;
  }

  int kills = 0;
  int stops = 0;
  /// Workers that ended although nobody had killed them.
  int ended = 0;

private:
  struct worker {
    worker_process process;
    std::optional<clock_type::time_point> stopped_until;
  };

  worker_process make() const { return {folder_, "stay", {}, 8}; }
  static void go_on(worker& one) {
    one.process.signal(SIGCONT);
    one.stopped_until.reset();
  }

  std::filesystem::path folder_;
  std::mt19937_64& random_;
  std::vector<worker> workers_;
};

/// Returns what is wrong with the trace of one run, which succeeded or was given up.
std::vector<std::string> judge_trace(std::istream& lines, bool succeeded) {
  struct seen {
    std::uint32_t begun = 0;
    std::uint32_t ended = 0;
  };
  std::map<std::string, seen> steps;
  std::uint64_t last_fence = 0;
  std::vector<std::string> wrong;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string step;
    std::string what;
    std::uint32_t attempt = 0;
    std::uint64_t fence = 0;
    words >> step >> attempt >> fence >> what;
    auto& known = steps[step];
    if (fence < last_fence)
      wrong.push_back("after fence " + std::to_string(last_fence) + ": " + line);
    last_fence = fence;
    if (what == "begin") {
      if (attempt <= known.begun)
        wrong.push_back("an attempt began twice, or late: " + line);
      known.begun = attempt;
    } else {
      if (attempt != known.begun || attempt <= known.ended)
        wrong.push_back("attempts overlap: " + line);
      known.ended = attempt;
    }
  }
  if (!succeeded)
    return wrong;
  for (const auto& [step, known] : steps)
    if (known.ended != known.begun)
      wrong.push_back("the last attempt at " + step + " did not end");
  if (steps.size() != 2)
    wrong.emplace_back("not each step left a trace");
  return wrong;
}

/// Returns what happened to a run that was given up: how many of its lost attempts had begun.
std::string story_of_loop(raw_database& raw, const std::filesystem::path& folder, const std::string& run) {
  const auto lost =
      raw.rows("SELECT (payload ->> 'step') || ' ' || (payload ->> 'attempt') || ' ' FROM run_events "
               "JOIN runs USING (run_key) WHERE kind = 'STEP_LOST' AND runs.id = '" +
               run + "'");
  std::ifstream trace(folder / ("trace-" + run));
  const std::string lines{std::istreambuf_iterator<char>(trace), {}};
  const auto begun = std::count_if(lost.begin(), lost.end(), [&](const std::string& attempt) {
    return ("\n" + lines).find("\n" + attempt) != std::string::npos;
  });
  return run + ": " + std::to_string(lost.size()) + " attempts lost, " + std::to_string(begun) +
         " of them while they were under way";
}

/// Returns how many lines of the workers' logs have `words`.
std::size_t count_lines(const std::filesystem::path& log, const std::string& words) {
  std::ifstream lines(log);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line);)
    count += line.find(words) != std::string::npos;
  return count;
}

} // namespace

BOOST_AUTO_TEST_SUITE(run_exclusion)

BOOST_AUTO_TEST_CASE(eight_processes_that_are_stopped_and_killed_never_carry_out_an_attempt_twice) {
  // SLUICE_EXCLUSION_RUNS=2000 for a long run.
  const auto count = number_from("SLUICE_EXCLUSION_RUNS", 200);
  const auto seed = number_from("SLUICE_SEED", std::random_device{}());
  BOOST_TEST_MESSAGE("SLUICE_SEED=" << seed);
  std::mt19937_64 random(seed);
  const scratch_folder folder;
  const auto runs = submit(folder.path(), count, random);
  raw_database raw(folder.path() / "runs.db");
  troubled_workers workers(folder.path(), random);
  const auto end = clock_type::now() + std::chrono::seconds{100 + count / 2};
  std::string succeeded;
  while (raw.row("SELECT count(*) FROM runs WHERE finished_at IS NULL") != "0" && clock_type::now() < end) {
    // Who is hit ten times in a row is given up: on a busy machine, where less gets done, less is done to it.
    auto now = raw.row("SELECT count(*) FROM run_events WHERE kind = 'STEP_SUCCEEDED'");
    workers.trouble(now == succeeded);
    succeeded = std::move(now);
  }
  BOOST_TEST(workers.leave());
  BOOST_TEST(workers.ended == 0);

  for (const auto& each : what_is_wrong(folder.path(), runs.size()))
    BOOST_ERROR(each);
  // Who is hit ten times in a row is given up, as it should be.
  const auto looping = raw.rows("SELECT id FROM runs WHERE status = 'failed' AND error_code = 'crash_loop'");
  BOOST_TEST(looping.size() <= count / 50);
  for (const auto& each : looping)
    BOOST_TEST_MESSAGE(story_of_loop(raw, folder.path(), each));
  for (const auto& each :
       raw.rows("SELECT r.id, r.error_code, r.error_text FROM runs r WHERE status = 'failed' AND "
                "error_code <> 'crash_loop'"))
    BOOST_ERROR("failed though no attempt of it did: " + each);
  BOOST_TEST(raw.row("SELECT count(*) FROM runs WHERE status = 'succeeded'") ==
             std::to_string(count - looping.size()));
  for (const auto& run : runs) {
    const bool ended = std::find(looping.begin(), looping.end(), to_string(run)) == looping.end();
    std::ifstream trace(folder.path() / ("trace-" + to_string(run)));
    for (const auto& each : judge_trace(trace, ended))
      BOOST_ERROR(to_string(run) + ": " + each);
  }
  // An owner that was stopped too long finds out by its clock, by a renewal, or because its write is refused.
  const auto log = folder.path() / "log";
  const auto given_up = count_lines(log, "run_given_up");
  // Whether the dice stop one for longer than its lease is chance; run_clocks stops one for certain.
  BOOST_WARN(given_up > 0u);
  BOOST_TEST_MESSAGE(
      workers.kills << " kills, " << workers.stops << " stops, " << given_up << " runs given up; "
                    << count_lines(log, "the write is under token") + count_lines(log, "is no longer held by")
                    << " stale writes and " << count_lines(log, "its lease was not renewed")
                    << " stale renewals refused; "
                    << raw.row("SELECT count(*) FROM run_events WHERE kind = 'STEP_LOST'")
                    << " attempts lost, " << looping.size() << " crash loops");
}

BOOST_AUTO_TEST_SUITE_END()
