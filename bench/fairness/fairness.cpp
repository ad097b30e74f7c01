// Whether those who want as much get as much. See README.md.

#include "model/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <numeric>

#include "bench/support/chain.hpp"
#include "bench/support/report.hpp"

namespace {

using namespace sluice;
using namespace sluice::bench;

using payload = sample<24>;

constexpr auto endless = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t chain_count = 8;
/// Warm-up, and how long is measured at scale 1.
constexpr std::chrono::milliseconds settling{50};
constexpr double measured_seconds = 0.5;
/// Rounds of a hash that the sink of the bands does per message, so that it, not its sources, is the
/// bottleneck.
constexpr int bottleneck_rounds = 2000;
/// Messages that keep that sink busy for some 20 ms: as long as the kernel may keep a source from running.
constexpr std::size_t band_capacity = 4096;

std::vector<double> delivered(const flow& running) {
  std::vector<double> counts;
  for (const auto& edge : running.snapshot().edges)
    counts.push_back(static_cast<double>(edge.counters.delivered));
  return counts;
}

/// Returns the messages per second of each edge over `seconds`, once all have some.
std::vector<double> rates(bool sharing, const graph& made, double seconds) {
  runtime_options options;
  options.sharing = sharing;
  flow_runtime runtime(options);
  const auto running = runtime.start(planned(made));
  (void)running.wait_for(settling);
  const auto begin = std::chrono::steady_clock::now();
  const auto first = delivered(running);
  (void)running.wait_for(
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds)));
  auto last = delivered(running);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  running.stop();
  const auto summary = running.wait();
  if (summary.outcome != flow_status::finished)
    throw error("flow_failed", summary.reason);
  for (const auto& edge : summary.final.edges)
    if (!edge.counters.balanced())
      throw error("unbalanced", fmt::format("edge {} does not balance", edge.id));
  for (std::size_t edge = 0; edge < last.size(); ++edge)
    last[edge] = (last[edge] - first[edge]) / took.count();
  return last;
}

graph equal_chains() {
  graph made;
  for (std::size_t chain = 0; chain < chain_count; ++chain)
    add_chain<payload>(made, fmt::format("chain{}_", chain), endless, 1, std::make_shared<tally>());
  return made;
}

/// Takes its time.
class slow_sink final : public node {
public:
  void on_message(node_context&, std::size_t, message& in) override {
    auto hash = in.get<payload>().number();
    for (int round = 0; round < bottleneck_rounds; ++round)
      hash = (hash ^ (hash >> 29)) * 0xbf58476d1ce4e5b9U;
    last_ = hash;
  }

private:
  volatile std::uint64_t last_ = 0;
};

constexpr priority_band bands[band_count] = {priority_band::urgent, priority_band::high,
                                             priority_band::normal};
constexpr double weights[band_count] = {defaults::urgent_weight, defaults::high_weight,
                                        defaults::normal_weight};

/// One sink with an input edge of each band, all always full.
graph banded_sink() {
  graph made;
  for (const auto band : bands)
    made.nodes.push_back(declare<payload>(std::string(to_string(band)), false, true,
                                          [] { return std::make_unique<number_source<payload>>(endless); }));
  made.nodes.push_back(declare<payload>("sink", true, false, [] { return std::make_unique<slow_sink>(); }));
  for (const auto band : bands) {
    edge_settings settings;
    settings.band = band;
    settings.capacity = band_capacity;
    connect(made, std::string(to_string(band)), "sink", settings);
  }
  return made;
}

struct scheduler {
  std::string name;
  bool sharing;
  std::vector<std::vector<double>> rounds = {};
};

/// Runs both schedulers in turn, `rounds` times; a round's first is not always the same.
std::vector<scheduler> both(const graph& made, const arguments& given) {
  std::vector<scheduler> all{{"sharing", true}, {"stealing", false}};
  for (std::size_t round = 0; round < given.rounds; ++round)
    for (std::size_t turn = 0; turn < all.size(); ++turn) {
      auto& each = all[(round + turn) % all.size()];
      each.rounds.push_back(rates(each.sharing, made, measured_seconds * given.scale));
    }
  return all;
}

double sum(const std::vector<double>& parts) {
  return std::accumulate(parts.begin(), parts.end(), 0.0);
}

void report_chains(report& found, const arguments& given) {
  std::vector<report::row> rows;
  for (const auto& each : both(equal_chains(), given)) {
    std::vector<double> shares;
    std::vector<double> totals;
    for (const auto& round : each.rounds) {
      const auto [slowest, fastest] = std::minmax_element(round.begin(), round.end());
      shares.push_back(*slowest / *fastest * 100);
      totals.push_back(sum(round) / 1e6);
    }
    const auto share = spread_of(std::move(shares));
    rows.push_back({each.name, {share.median, share.least, share.most, spread_of(std::move(totals)).median}});
  }
  found.add("8 equal saturated chains: slowest in % of fastest",
            {"median_%", "least_%", "most_%", "all_M_messages_a_second"}, rows);
}

void report_bands(report& found, const arguments& given) {
  const auto all_weights = std::accumulate(std::begin(weights), std::end(weights), 0.0);
  std::vector<report::row> rows;
  for (const auto& each : both(banded_sink(), given))
    for (std::size_t band = 0; band < band_count; ++band) {
      std::vector<double> shares;
      for (const auto& round : each.rounds)
        shares.push_back(round[band] / sum(round) * 100);
      const auto share = spread_of(std::move(shares));
      rows.push_back({fmt::format("{}, {}", each.name, to_string(bands[band])),
                      {weights[band] / all_weights * 100, share.median, share.least, share.most}});
    }
  found.add("3 saturated bands at one sink: share of the service", {"due_%", "median_%", "least_%", "most_%"},
            rows);
}

void answer(report& found, const arguments& given) {
  report_chains(found, given);
  report_bands(found, given);
}

} // namespace

int main(int argc, char** argv) {
  return run_benchmark(argc, argv, "fairness", answer);
}
