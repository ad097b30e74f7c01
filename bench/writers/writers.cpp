// How long writers of several processes wait for each other. See README.md.

#include "model/base/error.hpp"
#include "persistence/sqlite/sqlite_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "bench/sqlite/bare_database.hpp"
#include "bench/support/child.hpp"
#include "bench/support/report.hpp"
#include "bench/support/work_folder.hpp"

namespace {

using namespace sluice;
using namespace sluice::bench;
using std::chrono::steady_clock;

constexpr std::size_t processes = 8;
constexpr std::chrono::duration<double> run_time{5};
/// Rows of one transaction.
constexpr int group = 20;
constexpr const char* insert_text = "INSERT INTO audit_log (at, actor, action, subject, detail) "
                                    "VALUES ('', 'bench', 'bench', '', '{}')";

utc_time present() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

/// What one process saw: times from wanting to write to having committed, in milliseconds.
using waits = std::vector<double>;

waits commit_until(steady_clock::time_point end, const std::function<void()>& commit_one) {
  waits all;
  while (steady_clock::now() < end) {
    const auto began = steady_clock::now();
    commit_one();
    all.push_back(std::chrono::duration<double, std::milli>(steady_clock::now() - began).count());
  }
  return all;
}

waits through_sluice(const std::filesystem::path& path, steady_clock::time_point end) {
  sqlite_store in({path}, present());
  return commit_until(end, [&] {
    store_transaction transaction(in);
    for (int i = 0; i < group; ++i)
      in.audit().append({0, present(), "bench", "bench", ""});
    transaction.commit();
  });
}

/// What SQLite has to offer by itself: it tries again and again, with pauses.
waits through_busy_timeout(const std::filesystem::path& path, steady_clock::time_point end) {
  bare_database in(path, 60'000);
  bare_statement insert(in, insert_text);
  return commit_until(end, [&] {
    in.run("BEGIN IMMEDIATE");
    for (int i = 0; i < group; ++i)
      insert.run();
    // Without a checkpoint: one that is not under a common lock may damage the log.
    in.run("COMMIT");
  });
}

using writer = waits (*)(const std::filesystem::path&, steady_clock::time_point);

/// Lets all processes write at the same time; returns the waits of each.
std::vector<waits> let_write(writer write, std::chrono::duration<double> time) {
  const work_folder folder;
  const auto path = folder.path() / "writers.db";
  { const sqlite_store made({path}, present()); }
  const auto end = steady_clock::now() + std::chrono::duration_cast<steady_clock::duration>(time);
  auto all = in_children(processes, [&](std::size_t) { return write(path, end); });
  bare_database in(path);
  std::size_t commits = 0;
  for (const auto& each : all)
    commits += each.size();
  if (in.number("SELECT count(*) FROM audit_log") != static_cast<std::int64_t>(commits * group))
    throw error("wrong_rows", "rows that were committed are not there");
  return all;
}

report::row row_of(const std::string& name, const std::vector<std::vector<waits>>& rounds,
                   std::chrono::duration<double> time) {
  waits together;
  std::vector<double> shares;
  for (const auto& round : rounds) {
    std::size_t least = round.front().size();
    std::size_t all = 0;
    for (const auto& each : round) {
      least = std::min(least, each.size());
      all += each.size();
      together.insert(together.end(), each.begin(), each.end());
    }
    // 100: every process got the same.
    shares.push_back(100.0 * static_cast<double>(least * processes) / static_cast<double>(all));
  }
  std::sort(together.begin(), together.end());
  const auto at = [&](double share) {
    return together[static_cast<std::size_t>(share * static_cast<double>(together.size() - 1))];
  };
  const auto rate =
      static_cast<double>(together.size()) / (time.count() * static_cast<double>(rounds.size()));
  return {name, {at(0.5), at(0.99), together.back(), *std::min_element(shares.begin(), shares.end()), rate}};
}

void answer(report& found, const arguments& given) {
  const auto title = fmt::format("{} processes write to one file", processes);
  if (!given.wants(title))
    return;
  const auto time = run_time * given.scale;
  std::vector<std::vector<waits>> ours;
  std::vector<std::vector<waits>> rival;
  for (std::size_t round = 0; round < given.rounds; ++round) {
    ours.push_back(let_write(through_sluice, time));
    rival.push_back(let_write(through_busy_timeout, time));
  }
  found.add(title, {"p50_ms", "p99_ms", "longest_ms", "least_share_%", "commits_a_second"},
            {row_of("Sluice", ours, time), row_of("busy_timeout alone", rival, time)});
}

} // namespace

int main(int argc, char** argv) {
  return run_benchmark(argc, argv, "writers", answer);
}
