#include "bench/runs/sluice_runs.hpp"

#include "model/base/error.hpp"
#include "model/run/step_graph_reader.hpp"
#include "persistence/sqlite/sqlite_store.hpp"
#include "runtime/embed/run_runtime.hpp"
#include "steps/builtin_steps.hpp"

#include <fmt/format.h>

#include <chrono>
#include <deque>
#include <future>
#include <memory>

namespace sluice::bench {

namespace {

using std::chrono::steady_clock;

/// Longest that one run of the benchmark may take.
constexpr std::chrono::minutes patience{10};

double seconds_since(steady_clock::time_point begin) {
  return std::chrono::duration<double>(steady_clock::now() - begin).count();
}

std::shared_ptr<const step_registry> builtin_kinds() {
  auto kinds = std::make_shared<step_registry>();
  register_builtin_steps(*kinds);
  return kinds;
}

run_submission noop_run(const step_registry& kinds) {
  findings found;
  auto graph = parse_step_graph(R"({"version":1,"steps":{"a":{"kind":"noop"}}})", kinds.catalog(), found);
  if (!graph)
    throw error("invalid_graph", to_string(found.front()));
  run_submission submission;
  submission.graph = *std::move(graph);
  return submission;
}

void submit_all(run_runtime& runtime, std::size_t count, std::size_t in_flight) {
  const auto submission = noop_run(runtime.steps());
  std::deque<std::future<created_run>> unacknowledged;
  for (std::size_t i = 0; i < count; ++i) {
    unacknowledged.push_back(runtime.submit_async(submission));
    if (unacknowledged.size() < in_flight)
      continue;
    unacknowledged.front().get();
    unacknowledged.pop_front();
  }
  for (auto& each : unacknowledged)
    each.get();
}

void work_off(run_runtime& runtime, std::size_t count, std::size_t in_flight) {
  worker_options options;
  options.parallel_runs = in_flight;
  options.until_idle = true;
  runtime.start_worker(options);
  const auto report = runtime.wait_for_worker(patience);
  if (!report || report->succeeded != count)
    throw error("wrong_rows",
                fmt::format("the worker ended {} of {} runs: {}", report ? report->succeeded : 0, count,
                            report ? report->error_text : "it is still at it"));
}

} // namespace

void make_database(const std::filesystem::path& path) {
  sqlite_options options;
  options.path = path;
  const sqlite_store made(
      options, std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()));
}

run_times sluice_runs(const std::filesystem::path& path, std::size_t count, std::size_t in_flight) {
  run_options options;
  options.database = path;
  options.steps = builtin_kinds();
  run_runtime runtime(std::move(options));
  run_times took;
  auto began = steady_clock::now();
  submit_all(runtime, count, in_flight);
  took.created = seconds_since(began);
  began = steady_clock::now();
  work_off(runtime, count, in_flight);
  took.worked_off = seconds_since(began);
  return took;
}

} // namespace sluice::bench
