#include "model/edge/edge_queue.hpp"

#include <benchmark/benchmark.h>
#include <string>
#include <utility>

#include "bench/micro/edge_policies.hpp"
#include "bench/micro/suites.hpp"

namespace sluice::bench {

namespace {

/// Messages that wait while one is put and one is taken: few enough to stay in the first-level cache.
constexpr std::uint64_t waiting = 16;

void fill(edge_queue& queue, std::uint64_t count) {
  std::string why;
  for (std::uint64_t number = 0; number < count; ++number)
    (void)queue.push(message(numbered(number)), 0, why);
}

/// Puts one message and takes one; never full.
void put_get(benchmark::State& state, const edge_settings& settings) {
  edge_queue queue(settings);
  fill(queue, waiting);
  message moved{numbered(waiting)};
  std::string why;
  for ([[maybe_unused]] auto step : state) {
    benchmark::DoNotOptimize(queue.push(std::move(moved), 0, why));
    moved = queue.pop();
    benchmark::DoNotOptimize(moved);
  }
  state.SetItemsProcessed(state.iterations());
}

/// Puts a copy of one message on a full queue, whose policy then acts.
void put_full(benchmark::State& state, const edge_settings& settings) {
  edge_queue queue(settings);
  fill(queue, settings.capacity);
  std::uint64_t number = settings.capacity;
  std::string why;
  for ([[maybe_unused]] auto step : state)
    benchmark::DoNotOptimize(queue.push(message(numbered(number++)), 0, why));
  state.SetItemsProcessed(state.iterations());
}

} // namespace

void register_edge_queue() {
  for (const auto& each : lossy_cases()) {
    benchmark::RegisterBenchmark(("edge_queue/put_get/" + each.name).c_str(), put_get, each.settings);
    benchmark::RegisterBenchmark(("edge_queue/put_full/" + each.name).c_str(), put_full, each.settings);
  }
}

} // namespace sluice::bench
