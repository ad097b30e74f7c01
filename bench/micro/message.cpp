#include "model/message/message.hpp"

#include <benchmark/benchmark.h>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "bench/micro/suites.hpp"
#include "bench/support/chain.hpp"

namespace sluice::bench {

namespace {

constexpr std::size_t batch_size = 256;

/// Builds a message as a source does, with trace id and time, and destroys it.
template <std::size_t Bytes>
void make(benchmark::State& state) {
  std::uint64_t number = 0;
  for ([[maybe_unused]] auto step : state) {
    message made{sample<Bytes>(number)};
    made.set_trace({1, ++number});
    made.set_timestamp(std::chrono::nanoseconds{1});
    benchmark::DoNotOptimize(made);
  }
}

/// Moves 256 messages from one batch to another, as a relay does; time per message.
void move_batch(benchmark::State& state) {
  std::vector<message> here;
  for (std::uint64_t number = 0; number < batch_size; ++number)
    here.emplace_back(sample<24>(number));
  std::vector<message> there;
  there.reserve(batch_size);
  for ([[maybe_unused]] auto step : state) {
    for (auto& each : here)
      there.push_back(std::move(each));
    here.clear();
    std::swap(here, there);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch_size));
}

/// Builds the output for an input: another value, the same envelope.
void with(benchmark::State& state) {
  message in{sample<24>(1)};
  in.set_trace({1, 1});
  for ([[maybe_unused]] auto step : state) {
    auto out = in.with(sample<24>(2));
    benchmark::DoNotOptimize(out);
  }
}

} // namespace

void register_message() {
  benchmark::RegisterBenchmark("message/make/8_bytes", make<8>);
  benchmark::RegisterBenchmark("message/make/24_bytes", make<24>);
  benchmark::RegisterBenchmark("message/make/64_bytes", make<64>);
  benchmark::RegisterBenchmark("message/make/1024_bytes", make<1024>);
  benchmark::RegisterBenchmark("message/move_batch/256", move_batch);
  benchmark::RegisterBenchmark("message/with/24_bytes", with);
}

} // namespace sluice::bench
