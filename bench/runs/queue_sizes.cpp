#include "bench/runs/queue_sizes.hpp"

#include "model/base/error.hpp"
#include "persistence/sqlite/sqlite_store.hpp"
#include "runtime/embed/run_runtime.hpp"
#include "steps/builtin_steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/runs/sluice_runs.hpp"
#include "bench/sqlite/bare_database.hpp"
#include "bench/support/child.hpp"
#include "bench/support/work_folder.hpp"

namespace sluice::bench {

namespace {

using std::chrono::steady_clock;

constexpr const char* selection_title = "Next run of a lane, µs";
constexpr const char* list_title = "A page of 50 runs, newest first, µs";
constexpr const char* restart_title = "Restart to the first tick, ms";

utc_time present() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

double microseconds_of(const std::function<void()>& act) {
  const auto began = steady_clock::now();
  act();
  return std::chrono::duration<double, std::micro>(steady_clock::now() - began).count();
}

/// Puts `count` queued runs into the default lane and as many again, that have succeeded, spread over time:
/// 16 priorities, each available a millisecond after the one before.
void fill(const std::filesystem::path& path, std::size_t count) {
  make_database(path);
  bare_database in(path);
  in.run(fmt::format(
      "BEGIN IMMEDIATE;"
      "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {}) "
      "INSERT INTO runs (id, env, lane, mode, job_type, requested_by, status, priority, available_at, "
      "created_at, updated_at, body_digest, error_code, error_text, version, last_seq, owned) "
      "SELECT printf('01980000-%04x-7%03x-8000-%012x', i >> 12, i & 4095, i), 'default', 'default', '', "
      "'bench', 'bench', iif(i % 2 = 0, 'queued', 'succeeded'), (i * 7919 % 16) - 8, "
      "strftime('%Y-%m-%dT%H:%M:%fZ', 1700000000 + i / 1000.0, 'unixepoch'), "
      "'2023-11-14T22:13:20.000Z', '2023-11-14T22:13:20.000Z', '', '', '', 1, 1, 0 FROM n;"
      "INSERT INTO run_state (run_key, run_graph, params) SELECT run_key, "
      "'{{\"version\":1,\"steps\":{{\"a\":{{\"kind\":\"noop\"}}}}}}', 'null' FROM runs;"
      "INSERT INTO run_events (run_key, seq, kind, at, payload) SELECT run_key, 1, 'RUN_CREATED', "
      "created_at, '{{\"env\":\"default\",\"lane\":\"default\",\"job_type\":\"\",\"requested_by\":\"\"}}' "
      "FROM runs;",
      2 * count));
  in.commit();
}

/// A store in a transaction that is rolled back: what is done there is measured alone.
struct look {
  explicit look(const std::filesystem::path& path) : in({path}, present()), transaction(in) {}

  sqlite_store in;
  store_transaction transaction;
};

report::row percentiles(const std::string& name, std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  const auto at = [&](double share) {
    return samples[static_cast<std::size_t>(share * static_cast<double>(samples.size() - 1))];
  };
  return {name, {at(0.5), at(0.99), samples.back()}};
}

const std::vector<std::string> percentile_columns = {"p50_us", "p99_us", "max_us"};

report::row select_next(const std::filesystem::path& path, std::size_t count) {
  look at(path);
  std::vector<double> samples;
  const auto now = present();
  for (int i = 0; i < 2'000; ++i)
    samples.push_back(microseconds_of([&] {
      if (!at.in.runs().next_to_advance({"default", "default"}, now, {}))
        throw error("wrong_rows", "there is no next run");
    }));
  return percentiles(fmt::format("{} runs", count), std::move(samples));
}

report::row list_page(const std::filesystem::path& path, const std::string& name, const run_filter& filter) {
  look at(path);
  std::vector<double> samples;
  for (int i = 0; i < 200; ++i)
    samples.push_back(microseconds_of([&] {
      if (at.in.runs().list(filter).size() != filter.limit)
        throw error("wrong_rows", "the page is not full");
    }));
  return percentiles(name, std::move(samples));
}

std::vector<report::row> list_pages(const std::filesystem::path& path, std::size_t count) {
  run_filter all;
  all.limit = 50;
  auto of_lane = all;
  of_lane.env = "default";
  of_lane.lane = "default";
  of_lane.status = run_status::queued;
  return {list_page(path, fmt::format("{} runs, all", count), all),
          list_page(path, fmt::format("{} runs, queued ones of a lane", count), of_lane)};
}

/// In a process of its own: opens a file that was left by another, and ticks once.
std::vector<double> restart(const std::filesystem::path& path) {
  const auto began = steady_clock::now();
  auto kinds = std::make_shared<step_registry>();
  register_builtin_steps(*kinds);
  run_options options;
  options.database = path;
  options.steps = std::move(kinds);
  run_runtime runtime(std::move(options));
  const auto opened = std::chrono::duration<double, std::milli>(steady_clock::now() - began).count();
  const auto ticked = runtime.tick_once({"default", "default"});
  const auto took = std::chrono::duration<double, std::milli>(steady_clock::now() - began).count();
  if (ticked.outcome != tick_outcome::ticked || ticked.status != run_status::succeeded)
    throw error("wrong_rows",
                fmt::format("the first tick gave {} {}", to_string(ticked.outcome), ticked.error_text));
  return {opened, took};
}

report::row restarts(const std::filesystem::path& path, std::size_t count, std::size_t rounds) {
  std::vector<double> opened;
  std::vector<double> ticked;
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto took = in_child([&] { return restart(path); });
    opened.push_back(took.at(0));
    ticked.push_back(took.at(1));
  }
  const auto all = spread_of(std::move(ticked));
  return {fmt::format("{} queued", count),
          {spread_of(std::move(opened)).median, all.least, all.median, all.most}};
}

} // namespace

void measure_sizes(report& found, const arguments& given) {
  const bool restarting = given.wants(restart_title);
  const bool selecting = given.wants(selection_title);
  const bool listing = given.wants(list_title);
  if (!restarting && !selecting && !listing)
    return;
  std::vector<report::row> first_ticks;
  std::vector<report::row> selections;
  std::vector<report::row> lists;
  for (const std::size_t size : {1'000U, 100'000U, 1'000'000U}) {
    const auto count = given.scaled(size);
    const work_folder folder;
    const auto path = folder.path() / "runs.db";
    fill(path, count);
    if (restarting)
      first_ticks.push_back(restarts(path, size, given.rounds));
    if (selecting)
      selections.push_back(select_next(path, size));
    if (listing)
      for (auto& row : list_pages(path, size))
        lists.push_back(std::move(row));
  }
  if (restarting)
    found.add(restart_title, {"opened_ms", "least_ms", "median_ms", "most_ms"}, first_ticks);
  if (selecting)
    found.add(selection_title, percentile_columns, selections);
  if (listing)
    found.add(list_title, percentile_columns, lists);
}

} // namespace sluice::bench
