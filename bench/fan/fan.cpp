// How many messages a second go from one source to eight sinks, and from eight sources to one. See README.md.

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "bench/rivals/flow_graph_fan.hpp"
#include "bench/rivals/thread_fan.hpp"
#include "bench/support/chain.hpp"
#include "bench/support/paced.hpp"
#include "bench/support/report.hpp"

namespace {

using namespace sluice;
using namespace sluice::bench;

constexpr std::size_t width = 8;
/// How long one run lasts.
constexpr std::chrono::duration<double> run_time{0.5};

/// Messages of 64 bytes.
using numbered = sample<24>;

node_declaration source(const std::string& id, std::uint64_t count) {
  return declare<numbered>(id, false, true,
                           [count] { return std::make_unique<number_source<numbered>>(count); });
}

node_declaration sink(const std::string& id, const std::shared_ptr<tally>& seen) {
  return declare<numbered>(id, true, false, [seen] { return std::make_unique<number_sink<numbered>>(seen); });
}

double seconds_to_fan_out(std::size_t sinks, std::uint64_t count) {
  flow_runtime runtime;
  graph made;
  made.nodes.push_back(source("source", count));
  std::vector<std::shared_ptr<tally>> all;
  for (std::size_t i = 0; i < sinks; ++i) {
    const auto id = "sink" + std::to_string(i);
    made.nodes.push_back(sink(id, all.emplace_back(std::make_shared<tally>())));
    connect(made, "source", id);
  }
  const auto seconds = seconds_to_run(runtime, made);
  for (const auto& seen : all)
    seen->check(count);
  return seconds;
}

double seconds_to_fan_in(std::size_t sources, std::uint64_t count) {
  flow_runtime runtime;
  graph made;
  const auto seen = std::make_shared<tally>();
  made.nodes.push_back(sink("sink", seen));
  for (std::size_t i = 0; i < sources; ++i) {
    const auto id = "source" + std::to_string(i);
    made.nodes.push_back(source(id, count));
    connect(made, id, "sink");
  }
  const auto seconds = seconds_to_run(runtime, made);
  seen->check(count, sources);
  return seconds;
}

/// Rates are in deliveries: every message to, or from, each of the eight counts.
contestant fan(const char* name, std::chrono::duration<double> aim,
               double (*seconds)(std::size_t, std::uint64_t)) {
  return paced(name, aim, [seconds](std::uint64_t deliveries) {
    return seconds(width, std::max<std::uint64_t>(1, deliveries / width));
  });
}

void run_contest(report& found, const arguments& given, const std::string& title,
                 const std::vector<contestant>& contestants) {
  if (given.wants(title))
    found.add(title, "M deliveries/s", 1e6,
              compete(contestants, 0, given.rounds, ratio_of::reference_over_own), "Sluice / this");
}

} // namespace

int main(int argc, char** argv) {
  const auto given = read_arguments(argc, argv, "fan");
  const auto aim = run_time * given.scale;
  report found("fan", given);
  run_contest(
      found, given, "fan-out 1 to 8, 24-byte payloads",
      {
          fan("Sluice", aim, seconds_to_fan_out),
          fan("oneTBB", aim, seconds_to_fan_out_in_flow_graph<numbered>),
          fan("mutex, batches", aim, seconds_to_fan_out_over_threads<numbered, mutex_link>),
          fan("ring, batches", aim, seconds_to_fan_out_over_threads<numbered, ring_link<rival_batch>>),
      });
  run_contest(found, given, "fan-in 8 to 1, 24-byte payloads",
              {
                  fan("Sluice", aim, seconds_to_fan_in),
                  fan("oneTBB", aim, seconds_to_fan_in_in_flow_graph<numbered>),
                  fan("mutex, batches", aim, seconds_to_fan_in_over_mutex<numbered>),
              });
  found.finish();
  return EXIT_SUCCESS;
}
