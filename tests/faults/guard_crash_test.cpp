#include "runtime/embed/run_runtime.hpp"
#include "tests/faults/crashed_runs.hpp"
#include "tests/faults/fault_steps.hpp"
#include "tests/faults/worker_process.hpp"
#include "tests/support/raw_database.hpp"
#include "tests/support/scratch_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace sluice;

namespace {

const std::string again =
    R"(, "retry": {"max_attempts": 3, "delay": "20ms", "backoff": "fixed", "jitter": 0})";

/// A run whose `exec` step is worth three attempts.
void submit(const std::filesystem::path& folder, const std::string& step) {
  run_options options;
  options.database = folder / "runs.db";
  options.steps = fault_steps(std::make_shared<worker_hands>());
  options.workers = 1;
  run_runtime runtime(options);
  run_submission submission;
  submission.job_type = "guarded";
  submission.graph = fault_graph(*options.steps, R"({"version": 1, "steps": {"e": )" + step + "}}");
  (void)runtime.submit(submission);
}

/// What is left when a worker has carried out the run.
struct guard_ending {
  std::string run;
  int attempts = 0;
  std::string failure;
};

guard_ending carry_out(const std::filesystem::path& folder, const std::vector<std::string>& environment) {
  BOOST_TEST(worker_process(folder, "until-done", environment).wait() == 0);
  for (const auto& each : what_is_wrong(folder, 1))
    BOOST_ERROR(each);
  raw_database raw(folder / "runs.db");
  guard_ending ending;
  ending.run = raw.row("SELECT status FROM runs");
  ending.attempts = std::stoi(raw.row("SELECT attempts FROM run_steps"));
  const auto failures = raw.rows("SELECT payload ->> 'code' FROM run_events WHERE kind = 'STEP_RETRY'");
  ending.failure = failures.empty() ? "" : failures.front();
  BOOST_TEST(static_cast<int>(failures.size()) + 1 == ending.attempts);
  return ending;
}

} // namespace

BOOST_AUTO_TEST_SUITE(guard_crashes)

BOOST_AUTO_TEST_CASE(a_guard_that_is_killed_at_any_point_costs_an_attempt_at_most) {
  struct point {
    const char* name;
    /// It has told how the command ended before.
    bool told;
  };
  for (const auto& [name, told] : {point{"guard.begun", false},
                                   {"guard.ready", false},
                                   {"guard.locked", false},
                                   {"guard.started", false},
                                   {"guard.ended", false},
                                   {"guard.told", true},
                                   {"guard.reaped", true},
                                   {"guard.leaving", true}}) {
    BOOST_TEST_CONTEXT(name) {
      const scratch_folder folder;
      submit(folder.path(), exec_effect(again));
      const auto killed = folder.path() / "killed";
      const auto ending = carry_out(
          folder.path(), {"SLUICE_FAULT=" + std::string(name), "SLUICE_FAULT_ONCE=" + killed.native()});
      BOOST_TEST(std::filesystem::exists(killed), "no guard came by");
      BOOST_TEST(ending.run == "succeeded");
      BOOST_TEST(ending.attempts == (told ? 1 : 2));
      BOOST_TEST(ending.failure == (told ? "" : "guard_failed"));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_guard_that_its_own_command_kills_costs_an_attempt) {
  const scratch_folder folder;
  // The command's parent is its guard. It dies with it, and so has its effect at the second attempt only.
  submit(folder.path(), R"({"kind": "exec", "params": {"argv": ["/bin/sh", "-c",)"
                        R"("[ $SLUICE_ATTEMPT -gt 1 ] || { kill -9 $PPID; sleep 600; }; )"
                        R"(echo \"$SLUICE_IDEMPOTENCY_TOKEN#$SLUICE_FENCING_TOKEN\" >> effects"]})" +
                            again + "}");
  const auto ending = carry_out(folder.path(), {});
  BOOST_TEST(ending.run == "succeeded");
  BOOST_TEST(ending.attempts == 2);
  BOOST_TEST(ending.failure == "guard_failed");
}

BOOST_AUTO_TEST_CASE(a_guard_that_is_killed_each_time_fails_the_run_and_not_its_worker) {
  const scratch_folder folder;
  submit(folder.path(), exec_effect(again));
  const auto ending = carry_out(folder.path(), {"SLUICE_FAULT=guard.ready"});
  BOOST_TEST(ending.run == "failed");
  BOOST_TEST(ending.attempts == 3);
}

BOOST_AUTO_TEST_SUITE_END()
