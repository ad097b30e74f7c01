// What a second worker thread brings. See README.md.

#include <fmt/format.h>

#include "bench/support/chain.hpp"
#include "bench/support/report.hpp"

namespace {

using namespace sluice;
using namespace sluice::bench;

using payload = sample<24>;

/// `chains` chains of `hops` edges, each with `messages` messages.
struct shape {
  std::string name;
  std::size_t chains;
  std::size_t hops;
  std::uint64_t messages;
};

/// Returns messages that reached a sink, per second, over all chains.
double run(const shape& made_of, std::size_t workers, bool sharing) {
  runtime_options options;
  options.workers = workers;
  options.sharing = sharing;
  flow_runtime runtime(options);
  graph made;
  std::vector<std::shared_ptr<tally>> seen;
  for (std::size_t chain = 0; chain < made_of.chains; ++chain) {
    seen.push_back(std::make_shared<tally>());
    add_chain<payload>(made, fmt::format("chain{}_", chain), made_of.messages, made_of.hops, seen.back());
  }
  const auto seconds = seconds_to_run(runtime, made);
  for (const auto& each : seen)
    each->check(made_of.messages);
  return static_cast<double>(made_of.chains * made_of.messages) / seconds;
}

std::vector<contestant> contestants(const shape& made_of) {
  std::vector<contestant> all;
  for (const bool sharing : {true, false})
    for (const std::size_t workers : {1, 2})
      all.push_back(
          {fmt::format("{}, {} worker{}", sharing ? "sharing" : "stealing", workers, workers == 1 ? "" : "s"),
           [=] { return run(made_of, workers, sharing); }});
  return all;
}

void answer(report& found, const arguments& given) {
  const shape shapes[] = {{"1 hop", 1, 1, given.scaled(5'000'000)},
                          {"3 hops", 1, 3, given.scaled(2'000'000)},
                          {"8 independent chains of 1 hop", 8, 1, given.scaled(1'000'000)}};
  for (const auto& each : shapes)
    found.add(each.name, "M messages/s", 1e6, compete(contestants(each), 0, given.rounds));
}

} // namespace

int main(int argc, char** argv) {
  return run_benchmark(argc, argv, "scaling", answer);
}
