// How many messages a second threads outside a flow push into it. See README.md.

#include <chrono>
#include <cstdlib>
#include <memory>
#include <vector>

#include "bench/support/chain.hpp"
#include "bench/support/inlet_chain.hpp"
#include "bench/support/paced.hpp"
#include "bench/support/report.hpp"

namespace {

using namespace sluice;
using namespace sluice::bench;

/// How long one run lasts.
constexpr std::chrono::duration<double> run_time{0.2};
constexpr std::size_t span_size = 64;

/// Makes a message of 64 bytes.
using value_type = sample<24>;

double seconds_of_internal_source(std::uint64_t count) {
  flow_runtime runtime;
  graph made;
  const auto seen = std::make_shared<tally>();
  add_chain<value_type>(made, "n", count, 1, seen);
  const auto seconds = seconds_to_run(runtime, made);
  seen->check(count);
  return seconds;
}

contestant through_inlet(std::string name, std::chrono::duration<double> aim, const pushers& given) {
  return paced(std::move(name), aim,
               [given](std::uint64_t count) { return seconds_through_inlet<value_type>(given, count); });
}

} // namespace

int main(int argc, char** argv) {
  return run_benchmark(argc, argv, "inlets", [](report& found, const arguments& given) {
    const auto aim = run_time * given.scale;
    const std::vector<contestant> all{
        paced("internal source", aim, seconds_of_internal_source),
        through_inlet("1 thread, spans of 64", aim, {1, span_size}),
        through_inlet("1 thread, singly", aim, {1, 1}),
        through_inlet("8 threads, spans of 64", aim, {8, span_size}),
        through_inlet("8 threads, singly", aim, {8, 1}),
        through_inlet("1 thread, spans of 64, capacity 1024", aim, {1, span_size, 1024}),
    };
    found.add("1 hop, 24-byte payloads", "M messages/s", 1e6, compete(all, 0, given.rounds),
              "this / internal source");
  });
}
