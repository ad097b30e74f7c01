// What the meters cost, and what reading them costs. See README.md.

#include <fmt/format.h>

#include <unistd.h>

#include "bench/support/child.hpp"
#include "bench/support/contest.hpp"
#include "bench/support/report.hpp"

namespace {

using namespace sluice::bench;

constexpr unsigned scrapes_a_second = 10;

/// The difference is a few per cent, and so is the noise of one run: many short ones say more than a few long
/// ones.
constexpr std::size_t more_rounds = 3;

/// What a worker prints.
enum figure : std::size_t { rate, rate_of_processor, slices_per_message, clock_nanoseconds };

std::string program(bool metered) {
  return sibling(metered ? "metrics_overhead_on" : "metrics_overhead_off");
}

/// @param workers threads; 0: one per core.
std::vector<double> work(bool metered, std::size_t workers, std::size_t hops, std::size_t messages,
                         unsigned scrapes) {
  return in_program({program(metered), std::to_string(workers), std::to_string(hops),
                     std::to_string(messages), std::to_string(scrapes), metered ? "metered" : "bare"});
}

/// One way to run, and every run of it in order.
struct build {
  std::string name;
  bool metered;
  unsigned scrapes;
  std::vector<std::vector<double>> runs = {};
};

/// Returns how the builds did in `which` figure; the first is the reference, the first run was to warm up.
std::vector<standing> standings_in(figure which, const std::vector<build>& builds) {
  std::vector<standing> standings;
  for (const auto& each : builds) {
    std::vector<double> rates;
    std::vector<double> ratios;
    for (std::size_t run = 1; run < each.runs.size(); ++run) {
      rates.push_back(each.runs[run][which]);
      ratios.push_back(each.runs[run][which] / builds.front().runs[run][which]);
    }
    standings.push_back({each.name, spread_of(std::move(rates)), spread_of(std::move(ratios))});
  }
  return standings;
}

void compare(report& found, std::size_t workers, std::size_t hops, std::size_t messages, std::size_t rounds) {
  std::vector<build> builds{
      {"meters off", false, 0},
      {"meters on", true, 0},
      {fmt::format("meters on, rendered {} times a second", scrapes_a_second), true, scrapes_a_second}};
  std::vector<contestant> contestants;
  for (auto& each : builds)
    contestants.push_back({each.name, [&each, workers, hops, messages] {
                             each.runs.push_back(work(each.metered, workers, hops, messages, each.scrapes));
                             return each.runs.back()[rate];
                           }});
  const auto title =
      fmt::format("{} hop{}{}", hops, hops == 1 ? "" : "s", workers == 1 ? ", one worker" : "");
  found.add(title, "M messages/s", 1e6, compete(contestants, 0, rounds));
  found.add(title + ", per second of processor time", "M messages/s", 1e6,
            standings_in(rate_of_processor, builds));
}

/// `off` still reads the clocks that only meters need: one per slice of a node, and one per message between
/// actors at an edge, of which there are two for each slice that produced them.
void report_remainder(report& found, std::size_t hops, std::size_t messages) {
  constexpr double readings_per_slice = 2;
  const auto seen = work(true, 0, hops, messages, 0);
  const auto nanoseconds = seen[slices_per_message] * readings_per_slice * seen[clock_nanoseconds];
  found.add("Clock readings for meters that are in 'off', too",
            {"slices_per_message", "ns_per_reading", "ns_per_message", "percent_of_a_message"},
            {{fmt::format("{} hop{}", hops, hops == 1 ? "" : "s"),
              {seen[slices_per_message], seen[clock_nanoseconds], nanoseconds,
               100 * nanoseconds * seen[rate_of_processor] / 1e9}}});
}

constexpr const char* valgrind = "/usr/bin/valgrind";

/// Returns the instructions of one run, as callgrind counts them: who else uses the machine hardly
/// matters.
double instructions(bool metered, std::size_t hops, std::size_t messages) {
  const auto counted = in_program(
      {"/bin/sh", "-c",
       fmt::format("{} --log-fd=1 --tool=callgrind --callgrind-out-file=/dev/null '{}' 0 {} {} 0 {} | "
                   "sed -n 's/.*Collected : //p'",
                   valgrind, program(metered), hops, messages, metered ? "metered" : "bare")});
  return counted.front();
}

/// What a message takes is the difference between a long and a short run.
double instructions_per_message(bool metered, std::size_t hops) {
  constexpr std::size_t few = 100'000;
  constexpr std::size_t many = 300'000;
  return (instructions(metered, hops, many) - instructions(metered, hops, few)) /
         static_cast<double>(many - few);
}

/// Of one hop: with more actors, who happens to wait for whom outweighs the meters.
void report_instructions(report& found) {
  if (access(valgrind, X_OK) != 0)
    return;
  constexpr int repetitions = 3;
  std::vector<double> off;
  std::vector<double> on;
  std::vector<double> more;
  for (int i = 0; i < repetitions; ++i) {
    off.push_back(instructions_per_message(false, 1));
    on.push_back(instructions_per_message(true, 1));
    more.push_back((on.back() / off.back() - 1) * 100);
  }
  const auto difference = spread_of(std::move(more));
  found.add("Instructions per message", {"meters_off", "meters_on", "more_%", "least_%", "most_%"},
            {{"1 hop",
              {spread_of(std::move(off)).median, spread_of(std::move(on)).median, difference.median,
               difference.least, difference.most}}});
}

void answer(report& found, const arguments& given) {
  compare(found, 1, 1, given.scaled(4'000'000), given.rounds * more_rounds);
  compare(found, 1, 3, given.scaled(2'000'000), given.rounds * more_rounds);
  compare(found, 0, 1, given.scaled(10'000'000), given.rounds);
  compare(found, 0, 3, given.scaled(5'000'000), given.rounds);
  report_instructions(found);
  report_remainder(found, 1, given.scaled(10'000'000));
}

} // namespace

int main(int argc, char** argv) {
  return run_benchmark(argc, argv, "metrics_overhead", answer);
}
