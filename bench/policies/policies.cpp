// How many messages a second an edge is offered under each policy, never full and full. See README.md.

#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "bench/policies/scene.hpp"
#include "bench/support/paced.hpp"
#include "bench/support/report.hpp"

namespace {

using namespace sluice;
using namespace sluice::bench;

/// How long one run lasts.
constexpr std::chrono::duration<double> run_time{0.4};

/// What became of the messages of the last run, in percent of those offered.
report::row fate(const std::string& name, const edge_counters& found) {
  const auto percent = [&](std::uint64_t part) {
    return 100 * static_cast<double>(part) / static_cast<double>(found.offered);
  };
  return {name,
          {percent(found.delivered), percent(found.dropped), percent(found.evicted), percent(found.replaced),
           percent(found.coalesced)}};
}

void run_contest(report& found, const arguments& given, const std::string& title, pressure under) {
  if (!given.wants(title))
    return;
  const auto cases = policy_cases(under);
  std::vector<edge_counters> last(cases.size());
  std::vector<contestant> contestants;
  for (std::size_t which = 0; which < cases.size(); ++which)
    contestants.push_back(paced(cases[which].name, run_time * given.scale, [&, which](std::uint64_t count) {
      const auto outcome = run_policy(cases[which], under, count);
      last[which] = outcome.counters;
      return outcome.seconds;
    }));
  found.add(title, "M offered/s", 1e6, compete(contestants, 0, given.rounds), "of block");
  std::vector<report::row> rows;
  for (std::size_t which = 0; which < cases.size(); ++which)
    rows.push_back(fate(cases[which].name, last[which]));
  found.add(title + ": percent of the messages", {"delivered", "dropped", "evicted", "replaced", "coalesced"},
            rows);
}

} // namespace

int main(int argc, char** argv) {
  const auto given = read_arguments(argc, argv, "policies");
  report found("policies", given);
  run_contest(found, given, "never full", pressure::never_full);
  run_contest(found, given, "full", pressure::full);
  found.finish();
  return EXIT_SUCCESS;
}
