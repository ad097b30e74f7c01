#include "model/message/payload.hpp"

#include "model/message/text.hpp"

#include <benchmark/benchmark.h>
#include <string>
#include <utility>

#include "bench/micro/suites.hpp"
#include "bench/support/chain.hpp"

namespace sluice::bench {

namespace {

/// Values of the three forms a payload has: inside it, in a cell on the heap, and a handle to a shared block.
sample<24> inline_value() {
  return sample<24>(7);
}
sample<64> heap_value() {
  return sample<64>(7);
}
text shared_value() {
  return text(std::string(100, 'x'));
}

/// Builds a payload around a value and destroys it.
template <class Value>
void make(benchmark::State& state, Value (*value)()) {
  const auto original = value();
  for ([[maybe_unused]] auto step : state) {
    payload made(original);
    benchmark::DoNotOptimize(made);
  }
}

/// Moves a payload there and back: two moves.
template <class Value>
void move_twice(benchmark::State& state, Value (*value)()) {
  payload here(value());
  payload there;
  for ([[maybe_unused]] auto step : state) {
    there = std::move(here);
    benchmark::DoNotOptimize(there);
    here = std::move(there);
    benchmark::DoNotOptimize(here);
  }
}

/// Copies a payload and destroys the copy.
template <class Value>
void copy(benchmark::State& state, Value (*value)()) {
  const payload original(value());
  for ([[maybe_unused]] auto step : state) {
    payload other(original);
    benchmark::DoNotOptimize(other);
  }
}

/// Looks at the value, as a handler does.
template <class Value>
void get(benchmark::State& state, Value (*value)()) {
  payload original(value());
  for ([[maybe_unused]] auto step : state) {
    benchmark::DoNotOptimize(original);
    benchmark::DoNotOptimize(&original.get<Value>());
  }
}

template <class Value>
void register_form(const std::string& form, Value (*value)()) {
  benchmark::RegisterBenchmark(("payload/make/" + form).c_str(), make<Value>, value);
  benchmark::RegisterBenchmark(("payload/move_twice/" + form).c_str(), move_twice<Value>, value);
  benchmark::RegisterBenchmark(("payload/copy/" + form).c_str(), copy<Value>, value);
  benchmark::RegisterBenchmark(("payload/get/" + form).c_str(), get<Value>, value);
}

} // namespace

void register_payload() {
  register_form("inline", inline_value);
  register_form("heap", heap_value);
  register_form("shared", shared_value);
}

} // namespace sluice::bench
