#include "metrics/edge_meter.hpp"

#include <benchmark/benchmark.h>
#include <cstdint>

#include "bench/micro/suites.hpp"

namespace sluice::bench {

namespace {

void publish(benchmark::State& state) {
  edge_meter meter;
  edge_counters counters;
  for ([[maybe_unused]] auto step : state) {
    ++counters.offered;
    ++counters.accepted;
    meter.publish(counters);
    benchmark::ClobberMemory();
  }
}

void set_delivered(benchmark::State& state) {
  edge_meter meter;
  std::uint64_t delivered = 0;
  for ([[maybe_unused]] auto step : state) {
    meter.set_delivered(++delivered);
    benchmark::ClobberMemory();
  }
}

void read(benchmark::State& state) {
  edge_meter meter;
  meter.publish({});
  for ([[maybe_unused]] auto step : state)
    benchmark::DoNotOptimize(meter.read());
}

} // namespace

void register_edge_meter() {
  benchmark::RegisterBenchmark("edge_meter/publish", publish);
  benchmark::RegisterBenchmark("edge_meter/set_delivered", set_delivered);
  benchmark::RegisterBenchmark("edge_meter/read", read);
}

} // namespace sluice::bench
