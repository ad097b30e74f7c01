#include "model/edge/lossy_channel.hpp"

#include <benchmark/benchmark.h>
#include <string>
#include <vector>

#include "bench/micro/edge_policies.hpp"
#include "bench/micro/suites.hpp"

namespace sluice::bench {

namespace {

constexpr std::size_t batch_size = 64;

/// The edge actor offers 64 messages, the consumer takes them as its prefetch says; time per message.
void offer_take(benchmark::State& state, const edge_settings& settings) {
  lossy_channel channel(settings);
  const auto type = port_type::any();
  message_batch offered;
  message_batch taken;
  std::vector<lossy_channel::refusal> refused;
  std::uint64_t delivered = 0;
  std::uint64_t number = 0;
  for ([[maybe_unused]] auto step : state) {
    for (std::size_t i = 0; i < batch_size; ++i)
      offered.messages.emplace_back(numbered(number++));
    benchmark::DoNotOptimize(channel.offer(offered, delivered, type, false, refused));
    while (channel.take(taken)) {
      delivered += taken.size();
      taken.clear();
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch_size));
}

/// What a scrape and a consumer without messages cost.
void look_when_empty(benchmark::State& state, const edge_settings& settings) {
  lossy_channel channel(settings);
  for ([[maybe_unused]] auto step : state)
    benchmark::DoNotOptimize(channel.look());
}

} // namespace

void register_lossy_channel() {
  for (const std::size_t prefetch : {std::size_t{1}, batch_size})
    for (const auto& each : lossy_cases(prefetch))
      benchmark::RegisterBenchmark(
          ("lossy_channel/offer_take_" + std::to_string(prefetch) + "/" + each.name).c_str(), offer_take,
          each.settings);
  benchmark::RegisterBenchmark("lossy_channel/look/empty", look_when_empty, lossy_cases().front().settings);
}

} // namespace sluice::bench
