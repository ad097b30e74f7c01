#include "model/node/input_selector.hpp"

#include <benchmark/benchmark.h>
#include <vector>

#include "bench/micro/suites.hpp"

namespace sluice::bench {

namespace {

/// Serves one message of the input whose turn it is; all inputs are ready, and spread over the bands.
void all_ready(benchmark::State& state) {
  std::vector<priority_band> bands(static_cast<std::size_t>(state.range(0)));
  for (std::size_t input = 0; input < bands.size(); ++input)
    bands[input] = static_cast<priority_band>(input % band_count);
  input_selector selector(bands);
  for ([[maybe_unused]] auto step : state) {
    benchmark::DoNotOptimize(selector.next([](std::size_t) { return true; }));
    selector.served(1);
  }
}

/// The same when only the last input has anything.
void one_ready(benchmark::State& state) {
  const auto inputs = static_cast<std::size_t>(state.range(0));
  input_selector selector(std::vector<priority_band>(inputs, priority_band::normal));
  for ([[maybe_unused]] auto step : state) {
    benchmark::DoNotOptimize(selector.next([=](std::size_t input) { return input + 1 == inputs; }));
    selector.served(1);
  }
}

} // namespace

void register_input_selector() {
  auto* all = benchmark::RegisterBenchmark("input_selector/all_ready", all_ready);
  auto* one = benchmark::RegisterBenchmark("input_selector/one_ready", one_ready);
  for (const std::int64_t inputs : {1, 8, 64}) {
    all->Arg(inputs);
    one->Arg(inputs);
  }
}

} // namespace sluice::bench
