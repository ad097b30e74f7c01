#pragma once

#include "runtime/embed/flow_builder.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include "bench/support/chain.hpp"

namespace sluice::bench {

/// Longer than a push ever waits.
inline constexpr std::chrono::seconds longest_push{60};

/// Who pushes: so many threads, in spans of so many.
struct pushers {
  std::size_t threads = 1;
  std::size_t span = 1;
  /// The inlet's, in messages.
  std::size_t capacity = inlet_capacity;
};

/// Pushes the numbers from `first` to `last - 1`.
template <class Payload>
void push_numbers(const inlet<Payload>& to, std::uint64_t first, std::uint64_t last, std::size_t span) {
  if (span == 1) {
    for (auto number = first; number < last; ++number)
      if (to.push(Payload(number), longest_push) != push_result::accepted)
        return;
    return;
  }
  std::vector<Payload> some(span);
  for (auto number = first; number < last;) {
    std::size_t size = 0;
    for (; size < span && number < last; ++size)
      some[size] = Payload(number++);
    if (to.push(std::span(some).first(size), longest_push) != size)
      return;
  }
}

/// Pushes the numbers from 0 to `count - 1` through an inlet and one hop; returns the seconds it took. Throws
/// `error("lost_messages")` unless all arrived.
template <class Payload>
double seconds_through_inlet(const pushers& given, std::uint64_t count) {
  flow_runtime runtime;
  flow_builder b("inlet");
  const auto values = b.inlet<Payload>("values", given.capacity);
  const auto seen = std::make_shared<tally>();
  b.add(
      "sink", [seen] { return std::make_unique<number_sink<Payload>>(seen); }, sink_of<Payload>());
  b.connect(values, in_port<Payload>("sink"));
  const auto begin = std::chrono::steady_clock::now();
  const auto running = b.start(runtime);
  std::vector<std::thread> others;
  const auto share = [&](std::size_t thread) { return count * thread / given.threads; };
  for (std::size_t thread = 1; thread < given.threads; ++thread)
    others.emplace_back([&, thread] { push_numbers(values, share(thread), share(thread + 1), given.span); });
  push_numbers(values, 0, share(1), given.span);
  for (auto& each : others)
    each.join();
  values.close();
  (void)running.wait();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  seen->check(count);
  return took.count();
}

} // namespace sluice::bench
