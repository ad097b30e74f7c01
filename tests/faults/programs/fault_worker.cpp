// A worker that tests kill: `fault_worker FOLDER until-done|stay [PARALLEL_RUNS]`. The database is
// FOLDER/runs.db; steps leave their traces in FOLDER/effects, log lines go to FOLDER/log.
//
// until-done  works, resumes what waits for a person, and leaves when every run has ended
// stay        works until SIGTERM
//
// A run with job type `waits` is left waiting, and may have no effects if FAULT_POLICY is set.

#include "persistence/owners/host_clock.hpp"
#include "runtime/embed/run_runtime.hpp"
#include "steps/builtin_steps.hpp"
#include "steps/exec/exec_guard.hpp"
#include "tests/faults/fault_steps.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>

using namespace sluice;

namespace {

constexpr std::chrono::milliseconds usual_lease{1'000};
constexpr std::chrono::milliseconds nap{5'000};
constexpr std::chrono::minutes patience{1};
constexpr std::chrono::milliseconds look_again{200};

/// A policy under which runs that wait are blocked.
std::optional<std::string> refuse_effects(const step_policy_question& question) {
  if (question.job_type == "waits" && question.kind == "effect")
    return "effects are not for those that wait";
  return std::nullopt;
}

/// `FAULT_LEASE_MS`, for tests in which no lease may end by itself.
std::chrono::milliseconds lease_ttl() {
  const char* const given = std::getenv("FAULT_LEASE_MS");
  return given == nullptr ? usual_lease : std::chrono::milliseconds{std::stoll(given)};
}

/// `FAULT_KEEP_MS`: how long runs and audit rows are kept; else for ever.
retention_rules retention() {
  const char* const given = std::getenv("FAULT_KEEP_MS");
  if (given == nullptr)
    return {};
  const std::chrono::milliseconds kept{std::stoll(given)};
  return {kept, kept};
}

/// Rings when something has happened.
class bell {
public:
  void ring() {
    const std::lock_guard lock(mutex_);
    rung_ = true;
    changed_.notify_all();
  }
  /// Waits for a ring, but not for long: what ends by itself, such as a lease, does not ring.
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::milliseconds{100}, [this] { return rung_; });
    rung_ = false;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool rung_ = false;
};

class fault_worker {
public:
  fault_worker(const std::filesystem::path& folder, std::size_t parallel_runs)
      : log_(::open("log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) {
    hands_->tell = [this](const uuid& run, run_command command) {
      (void)runtime_->command(run, command, "step", "told by its own step");
    };
    hands_->stop_worker = [this] { runtime_->stop_worker(std::chrono::milliseconds{0}); };
    hands_->suspend = [this] { slept_ += std::chrono::nanoseconds(nap).count(); };
    work_.parallel_runs = parallel_runs;
    runtime_ = std::make_unique<run_runtime>(options(folder));
  }
  fault_worker(const fault_worker&) = delete;
  fault_worker& operator=(const fault_worker&) = delete;
  ~fault_worker() {
    runtime_.reset();
    ::close(log_);
  }

  int work_until_done() {
    work_.until_idle = true;
    const auto news =
        runtime_->subscribe(0, std::nullopt, [this](const std::vector<run_event>&) { bell_.ring(); });
    for (const auto end = std::chrono::steady_clock::now() + patience;
         std::chrono::steady_clock::now() < end;) {
      runtime_->start_worker(work_);
      const auto report = wait_for_worker();
      if (!report)
        return 4;
      if (!resume_waiting())
        return 0;
      // Then all is in others' hands, or in those that the last worker has lost.
      if (report->ticks == 0)
        bell_.wait();
    }
    return 5;
  }

  int stay(const sigset_t& signals) {
    runtime_->start_worker(work_);
    int number = 0;
    ::sigwait(&signals, &number);
    return 0;
  }

private:
  /// A run that is paused within a flow stays in its worker's hands, so somebody has to resume it meanwhile.
  std::optional<worker_report> wait_for_worker() {
    for (const auto end = std::chrono::steady_clock::now() + patience;
         std::chrono::steady_clock::now() < end;) {
      if (auto report = runtime_->wait_for_worker(look_again))
        return report;
      resume_waiting();
    }
    return std::nullopt;
  }

  run_options options(const std::filesystem::path& folder) {
    run_options made;
    made.database = folder / "runs.db";
    made.steps = fault_steps(hands_, this_program);
    made.lease_ttl = lease_ttl();
    made.retention = retention();
    made.step_grace = std::chrono::milliseconds{200};
    made.workers = 2;
    made.log = [this](log_level, std::string_view event, std::string_view text) {
      const auto line =
          std::to_string(::getpid()) + ' ' + std::string(event) + ": " + std::string(text) + '\n';
      (void)!::write(log_, line.data(), line.size());
    };
    if (std::getenv("FAULT_POLICY") != nullptr)
      made.policy = refuse_effects;
    made.clock = host_clock();
    made.clock.boot = [this] {
      auto now = boot_now();
      now.since_boot += std::chrono::nanoseconds{slept_};
      return now;
    };
    return made;
  }

  /// Returns whether anything is left to be done.
  bool resume_waiting() {
    bool more = false;
    run_filter all;
    all.limit = 100'000;
    for (const auto& row : runtime_->list(all)) {
      if (is_terminal(row.status) || row.job_type == "waits")
        continue;
      more = true;
      if (row.status == run_status::paused || row.status == run_status::intervening)
        resume(row.id);
    }
    return more;
  }

  void resume(const uuid& run) {
    try {
      (void)runtime_->command(run, run_command::resume, "ann", "go on");
    } catch (const error& refused) {
      // It has gone on, or has ended, since it was listed.
      if (refused.code() != "invalid_transition")
        throw;
    }
  }

  int log_;
  std::atomic<std::int64_t> slept_{0};
  std::shared_ptr<worker_hands> hands_ = std::make_shared<worker_hands>();
  worker_options work_;
  bell bell_;
  std::unique_ptr<run_runtime> runtime_;
};

} // namespace

int main(int argc, char** argv) {
  if (is_exec_guard_call(argc, argv))
    return run_exec_guard(argc, argv);
  if (argc < 3)
    return 2;
  // Before there are threads, so that SIGTERM waits for `stay`.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  try {
    const std::filesystem::path folder(argv[1]);
    std::filesystem::current_path(folder);
    fault_worker worker(folder, argc > 3 ? std::stoul(argv[3]) : 4);
    return std::string_view(argv[2]) == "stay" ? worker.stay(signals) : worker.work_until_done();
  } catch (const std::exception& wrong) {
    std::fprintf(stderr, "fault_worker: %s\n", wrong.what());
    return 1;
  }
}
