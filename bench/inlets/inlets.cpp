// How many messages a second threads outside a flow push into it. See README.md.

#include "runtime/embed/flow_builder.hpp"

#include <chrono>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include "bench/support/chain.hpp"
#include "bench/support/paced.hpp"
#include "bench/support/report.hpp"

namespace {

using namespace sluice;
using namespace sluice::bench;

/// How long one run lasts.
constexpr std::chrono::duration<double> run_time{0.2};
/// Longer than a push ever waits.
constexpr std::chrono::seconds patience{60};
constexpr std::size_t span_size = 64;

/// Makes a message of 64 bytes.
using value_type = sample<24>;

/// Who pushes: so many threads, in spans of so many.
struct pushers {
  std::size_t threads = 1;
  std::size_t span = 1;
  /// The inlet's, in messages.
  std::size_t capacity = inlet_capacity;
};

double seconds_of_internal_source(std::uint64_t count) {
  flow_runtime runtime;
  graph made;
  const auto seen = std::make_shared<tally>();
  add_chain<value_type>(made, "n", count, 1, seen);
  const auto seconds = seconds_to_run(runtime, made);
  seen->check(count);
  return seconds;
}

/// Pushes the numbers from `first` to `last - 1`.
void push_numbers(const inlet<value_type>& to, std::uint64_t first, std::uint64_t last, std::size_t span) {
  if (span == 1) {
    for (auto number = first; number < last; ++number)
      if (to.push(value_type(number), patience) != push_result::accepted)
        return;
    return;
  }
  std::vector<value_type> some(span);
  for (auto number = first; number < last;) {
    std::size_t size = 0;
    for (; size < span && number < last; ++size)
      some[size] = value_type(number++);
    if (to.push(std::span(some).first(size), patience) != size)
      return;
  }
}

double seconds_through_inlet(const pushers& given, std::uint64_t count) {
  flow_runtime runtime;
  flow_builder b("inlet");
  const auto values = b.inlet<value_type>("values", given.capacity);
  const auto seen = std::make_shared<tally>();
  b.add(
      "sink", [seen] { return std::make_unique<number_sink<value_type>>(seen); }, sink_of<value_type>());
  b.connect(values, in_port<value_type>("sink"));
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

contestant through_inlet(std::string name, std::chrono::duration<double> aim, const pushers& given) {
  return paced(std::move(name), aim,
               [given](std::uint64_t count) { return seconds_through_inlet(given, count); });
}

} // namespace

int main(int argc, char** argv) {
  return run_benchmark(argc, argv, "inlets", [](report& found, const arguments& given) {
    const auto aim = run_time * given.scale;
    const std::vector<contestant> all{
        paced("internal source", aim, seconds_of_internal_source),
        through_inlet("1 thread, spans of 64", aim, {1, span_size}),
        through_inlet("1 thread, singly", aim, {1, 1}),
        through_inlet("8 threads, spans of 64", aim, {8, span_size}),
        through_inlet("8 threads, singly", aim, {8, 1}),
        through_inlet("1 thread, spans of 64, capacity 1024", aim, {1, span_size, 1024}),
    };
    found.add("1 hop, 24-byte payloads", "M messages/s", 1e6, compete(all, 0, given.rounds),
              "this / internal source");
  });
}
