// What durable runs cost beside the SQL that they need. See README.md.

#include "persistence/sqlite/process_settings.hpp"

#include <fmt/format.h>

#include <functional>
#include <string>
#include <vector>

#include "bench/runs/bare_runs.hpp"
#include "bench/runs/queue_sizes.hpp"
#include "bench/runs/sluice_runs.hpp"
#include "bench/support/contest.hpp"
#include "bench/support/report.hpp"
#include "bench/support/work_folder.hpp"

namespace {

using namespace sluice;
using namespace sluice::bench;

constexpr std::size_t usual_runs = 20'000;

using worker = run_times (*)(const std::filesystem::path&, std::size_t, std::size_t);

/// Returns the times of one run into a database of its own.
run_times timed(worker work, std::size_t count, std::size_t in_flight) {
  const work_folder folder;
  const auto path = folder.path() / "runs.db";
  make_database(path);
  const auto took = work(path, count, in_flight);
  check_runs(path, count);
  return took;
}

/// Each run does all of the work; the contest is about one part of it.
void compete_for(report& found, const arguments& given, const std::string& title, std::size_t in_flight,
                 const std::function<double(const run_times&)>& part) {
  if (!given.wants(title))
    return;
  const auto count = given.scaled(usual_runs);
  const auto rate = [&](worker work) {
    return [=] { return static_cast<double>(count) / part(timed(work, count, in_flight)); };
  };
  found.add(title, "runs/s", 1,
            compete({{"bare SQL", rate(bare_runs)}, {"Sluice", rate(sluice_runs)}}, 0, given.rounds));
}

void answer(report& found, const arguments& given) {
  measure_sizes(found, given);
  const auto whole = [](const run_times& took) { return took.total(); };
  compete_for(found, given, "Noop runs, created to succeeded, 1000 in flight", 1'000, whole);
  compete_for(found, given, "Noop runs, created to succeeded, 100 in flight", 100, whole);
  compete_for(found, given, "Noop runs created, 1000 in flight", 1'000,
              [](const run_times& took) { return took.created; });
  compete_for(found, given, "Noop runs worked off, 1000 in flight", 1'000,
              [](const run_times& took) { return took.worked_off; });
}

} // namespace

int main(int argc, char** argv) {
  // As `sluice` does at its start.
  set_up_sqlite_for_process();
  return run_benchmark(argc, argv, "runs", answer);
}
