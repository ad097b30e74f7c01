#include "model/edge/edge_core.hpp"

#include <benchmark/benchmark.h>
#include <memory>
#include <string>
#include <utility>

#include "bench/micro/edge_policies.hpp"
#include "bench/micro/suites.hpp"

namespace sluice::bench {

namespace {

/// Both ends of an edge, without actors: keeps the batch that was delivered and the buffer that came back.
class ends final : public edge_links {
public:
  void deliver(batch_pointer batch) override { delivered = std::move(batch); }
  void announce() override {}
  void grant(std::size_t count, batch_pointer emptied) override {
    credit += count;
    if (emptied)
      spare = std::move(emptied);
  }
  void refuse(message, std::string_view) override {}

  batch_pointer delivered;
  batch_pointer spare;
  std::size_t credit = 0;
};

/// One round of credit of a lossless edge: offered, delivered, taken, granted. Time per batch: the messages
/// of a batch are not touched, so its size should not matter.
void lossless_round(benchmark::State& state) {
  const edge_settings settings;
  ends both;
  edge_core core(settings, nullptr, port_type::of<numbered>(), false, both);
  core.start();
  const auto size = static_cast<std::size_t>(state.range(0));
  both.spare = std::make_shared<message_batch>();
  both.spare->messages.resize(size);
  std::uint64_t delivered = 0;
  for ([[maybe_unused]] auto step : state) {
    both.credit -= size;
    core.offer(std::move(both.spare), delivered);
    delivered += size;
    core.taken(size, std::move(both.delivered));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

/// One round of a lossy edge that nobody takes from: its policy acts on every message but the first 1024.
void lossy_round(benchmark::State& state, const edge_settings& settings) {
  ends both;
  const auto channel = std::make_shared<lossy_channel>(settings);
  edge_core core(settings, channel, port_type::of<numbered>(), false, both);
  core.start();
  both.spare = std::make_shared<message_batch>();
  std::uint64_t number = 0;
  constexpr std::size_t size = 64;
  for ([[maybe_unused]] auto step : state) {
    for (std::size_t i = 0; i < size; ++i)
      both.spare->messages.emplace_back(numbered(number++));
    both.credit -= size;
    core.offer(std::move(both.spare), 0);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(size));
}

} // namespace

void register_edge_core() {
  auto* round = benchmark::RegisterBenchmark("edge_core/lossless_round", lossless_round);
  for (const std::int64_t size : {1, 16, 256})
    round->Arg(size);
  for (const auto& each : lossy_cases())
    benchmark::RegisterBenchmark(("edge_core/lossy_round_full/" + each.name).c_str(), lossy_round,
                                 each.settings);
}

} // namespace sluice::bench
