#pragma once

#include "model/run/step_graph_reader.hpp"
#include "runtime/embed/run_runtime.hpp"
#include "steps/builtin_steps.hpp"
#include "steps/function_step.hpp"
#include "tests/actors_runs/step_gates.hpp"
#include "tests/support/scratch_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>

namespace sluice {

struct runs_in_memory {
  static std::filesystem::path database(const scratch_folder&) { return {}; }
};
struct runs_in_file {
  static std::filesystem::path database(const scratch_folder& folder) { return folder.path() / "runs.db"; }
};
using runtime_places = std::tuple<runs_in_memory, runs_in_file>;

/// A runtime with the built-in steps, `gate`, and `flaky` (fails as often as `failures` says).
template <class Place>
struct runtime_scene {
  scratch_folder folder;
  std::shared_ptr<step_gates> gates = std::make_shared<step_gates>();
  std::shared_ptr<std::atomic<int>> failures = std::make_shared<std::atomic<int>>(0);
  std::shared_ptr<step_registry> steps = make_steps();
  run_options options = make_options();
  std::optional<run_runtime> runtime;

  run_runtime& start() { return runtime.emplace(options); }

  std::shared_ptr<step_registry> make_steps() {
    auto made = std::make_shared<step_registry>();
    register_builtin_steps(*made);
    made->add(function_step("gate", "waits for its test",
                            [gates = gates](step_context& context) { return gates->pass(context); }));
    made->add(function_step("flaky", "fails at first", [failures = failures](step_context&) {
      if ((*failures)-- > 0)
        throw error("not_yet", "it is too early");
      return attempt_outcome{};
    }));
    return made;
  }

  run_options make_options() {
    run_options made;
    made.database = Place::database(folder);
    made.steps = steps;
    // None ends by itself on a busy machine.
    made.lease_ttl = std::chrono::seconds{60};
    made.step_grace = std::chrono::milliseconds{200};
    made.workers = 2;
    made.log = [](log_level, std::string_view what, std::string_view text) {
      BOOST_TEST_MESSAGE(std::string(what) + ": " + std::string(text));
    };
    return made;
  }

  run_submission submission(const char* graph) {
    findings found;
    auto parsed = parse_step_graph(graph, steps->catalog(), found);
    for (const auto& each : found)
      BOOST_TEST_MESSAGE(to_string(each));
    BOOST_REQUIRE(parsed.has_value());
    run_submission made;
    made.graph = *std::move(parsed);
    return made;
  }
  uuid submit(const char* graph) { return runtime->submit(submission(graph)).id; }

  worker_report work(worker_options what = {}) {
    what.until_idle = true;
    runtime->start_worker(what);
    return end_of_worker();
  }
  worker_report end_of_worker() {
    const auto report = runtime->wait_for_worker(std::chrono::minutes{1});
    BOOST_REQUIRE(report.has_value());
    return *report;
  }

  run_status status(const uuid& run) { return runtime->show(run).row.status; }

  /// Waits until the run has that status.
  void await(const uuid& run, run_status wanted) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    std::mutex mutex;
    std::condition_variable changed;
    bool there = false;
    const auto events = runtime->subscribe(0, run, [&](const std::vector<run_event>&) {
      const std::lock_guard lock(mutex);
      there = true;
      changed.notify_all();
    });
    while (status(run) != wanted) {
      std::unique_lock lock(mutex);
      BOOST_REQUIRE(changed.wait_until(lock, end, [&] { return there; }));
      there = false;
    }
  }

  std::string story(const uuid& run) {
    std::string text;
    std::uint64_t seq = 0;
    for (const auto& event : runtime->events(run, 0, 1000)) {
      BOOST_TEST(event.seq == ++seq);
      text += (text.empty() ? "" : " ") + std::string(to_string(event.kind));
    }
    return text;
  }
};

inline constexpr const char* one_noop = R"({"version": 1, "steps": {"a": {"kind": "noop"}}})";
inline constexpr const char* one_gate =
    R"({"version": 1, "steps": {"a": {"kind": "gate", "params": {"name": "a"}}}})";

} // namespace sluice
