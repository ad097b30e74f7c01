// Sluice beside its rivals, for the gate: few contests, each short, the ratio in the row called Sluice.

#include <cstdlib>

#include "bench/rivals/flow_graph_chain.hpp"
#include "bench/rivals/thread_chain.hpp"
#include "bench/support/chain.hpp"
#include "bench/support/inlet_chain.hpp"
#include "bench/support/paced.hpp"
#include "bench/support/report.hpp"

namespace {

using namespace sluice;
using namespace sluice::bench;

/// With the envelope a message of 64 bytes.
using value_type = sample<24>;

/// How long one run lasts.
constexpr std::chrono::duration<double> run_time{0.2};

double seconds_through_sluice(std::size_t hops, std::uint64_t count) {
  flow_runtime runtime;
  graph made;
  const auto seen = std::make_shared<tally>();
  add_chain<value_type>(made, "n", count, hops, seen);
  const auto seconds = seconds_to_run(runtime, made);
  seen->check(count);
  return seconds;
}

void race(report& found, const arguments& given, const std::string& title, std::size_t hops,
          double (*rival)(std::size_t, std::uint64_t)) {
  if (!given.wants(title))
    return;
  const auto through = [&](const char* name, double (*seconds)(std::size_t, std::uint64_t)) {
    return paced(name, run_time * given.scale, [=](std::uint64_t count) { return seconds(hops, count); });
  };
  found.add(title, "M messages/s", 1e6,
            compete({through("rival", rival), through("Sluice", seconds_through_sluice)}, 0, given.rounds));
}

/// What threads outside push, against what a source inside makes: here the rival is ours, too.
void race_inside(report& found, const arguments& given, const std::string& title, const pushers& outside) {
  if (!given.wants(title))
    return;
  const auto aim = run_time * given.scale;
  found.add(title, "M messages/s", 1e6,
            compete({paced("source inside", aim,
                           [](std::uint64_t count) { return seconds_through_sluice(1, count); }),
                     paced("Sluice", aim,
                           [outside](std::uint64_t count) {
                             return seconds_through_inlet<value_type>(outside, count);
                           })},
                    0, given.rounds));
}

} // namespace

int main(int argc, char** argv) {
  const auto given = read_arguments(argc, argv, "gate_ratios");
  report found("gate_ratios", given);
  race(found, given, "1 hop against oneTBB", 1, seconds_through_flow_graph<value_type>);
  race(found, given, "3 hops against oneTBB", 3, seconds_through_flow_graph<value_type>);
  race(found, given, "1 hop against a mutex queue of batches", 1,
       seconds_through_threads<value_type, mutex_link>);
  race(found, given, "1 hop against a ring pushed singly", 1,
       seconds_through_threads<value_type, ring_link<1>>);
  race_inside(found, given, "an inlet in spans of 64 against a source inside", {1, 64});
  race_inside(found, given, "an inlet pushed singly against a source inside", {1, 1});
  found.finish();
  return EXIT_SUCCESS;
}
