// How many messages a second pass a chain of lossless edges. See README.md.

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "bench/rivals/flow_graph_chain.hpp"
#include "bench/rivals/shared_sample.hpp"
#include "bench/rivals/thread_chain.hpp"
#include "bench/support/chain.hpp"
#include "bench/support/paced.hpp"
#include "bench/support/report.hpp"

namespace {

using namespace sluice;
using namespace sluice::bench;

/// How long one run lasts.
constexpr std::chrono::duration<double> run_time{0.2};

template <class Payload>
double seconds_through_sluice(std::size_t hops, std::uint64_t count) {
  flow_runtime runtime;
  graph made;
  const auto seen = std::make_shared<tally>();
  add_chain<Payload>(made, "n", count, hops, seen);
  const auto seconds = seconds_to_run(runtime, made);
  seen->check(count);
  return seconds;
}

template <std::size_t Bytes>
std::vector<contestant> contestants(std::size_t hops, std::chrono::duration<double> aim) {
  using value_type = sample<Bytes>;
  const auto through = [&](const char* name, double (*seconds)(std::size_t, std::uint64_t)) {
    return paced(name, aim, [=](std::uint64_t count) { return seconds(hops, count); });
  };
  std::vector<contestant> all{
      through("Sluice", seconds_through_sluice<value_type>),
      through("oneTBB", seconds_through_flow_graph<value_type>),
      through("mutex, batches", seconds_through_threads<value_type, mutex_link>),
      through("ring, singly", seconds_through_threads<value_type, ring_link<1>>),
      through("ring, batches", seconds_through_threads<value_type, ring_link<rival_batch>>),
  };
  // oneTBB at its best: large values shared, small ones handled in their sender's task.
  if constexpr (Bytes > 24)
    all.push_back(through("oneTBB, shared payloads", seconds_through_flow_graph<shared_sample<Bytes>>));
  else
    all.push_back(through("oneTBB, lightweight",
                          seconds_through_flow_graph<value_type, flow_graph::queueing_lightweight>));
  return all;
}

template <std::size_t Bytes>
void run_contest(report& found, const arguments& given, std::size_t hops) {
  const auto title = fmt::format("{} hop{}, {}-byte payloads", hops, hops == 1 ? "" : "s", Bytes);
  if (given.wants(title))
    found.add(title, "M messages/s", 1e6,
              compete(contestants<Bytes>(hops, run_time * given.scale), 0, given.rounds,
                      ratio_of::reference_over_own),
              "Sluice / this");
}

} // namespace

int main(int argc, char** argv) {
  const auto given = read_arguments(argc, argv, "throughput");
  report found("throughput", given);
  for (const std::size_t hops : {1U, 3U, 8U}) {
    run_contest<24>(found, given, hops);
    run_contest<8>(found, given, hops);
    run_contest<64>(found, given, hops);
    run_contest<1024>(found, given, hops);
  }
  found.finish();
  return EXIT_SUCCESS;
}
