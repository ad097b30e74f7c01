// Runs one saturated chain and prints messages per second, the same per second of processor time, slices per
// message, and nanoseconds per reading of the clock. Built twice: with the core as it ships, and with meters
// that do nothing. Internal to bench_metrics_overhead.

#include "metrics/flow_exposition.hpp"
#include "model/base/error.hpp"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <mutex>
#include <string>
#include <thread>

#include "bench/support/chain.hpp"

namespace {

using namespace sluice;
using namespace sluice::bench;

using payload = sample<24>;
using clock_type = std::chrono::steady_clock;

/// Renders the whole exposition at a fixed rate, like an eager Prometheus.
class scraper {
public:
  scraper(const flow_runtime& runtime, unsigned times_a_second) {
    if (times_a_second != 0)
      thread_ =
          std::thread([&runtime, period = std::chrono::nanoseconds{1'000'000'000 / times_a_second}, this] {
            std::unique_lock lock(mutex_);
            for (auto next = clock_type::now(); !changed_.wait_until(lock, next, [this] { return done_; });
                 next += period)
              bytes_ += render_flows(runtime.snapshots()).size();
          });
  }
  ~scraper() {
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable())
      thread_.join();
  }
  scraper(const scraper&) = delete;
  scraper& operator=(const scraper&) = delete;

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  std::size_t bytes_ = 0;
  std::thread thread_;
};

/// Returns the processor time of all threads of this process.
double processor_seconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

double nanoseconds_per_clock() {
  constexpr int readings = 100'000;
  const auto begin = clock_type::now();
  auto end = begin;
  for (int i = 0; i < readings; ++i)
    end = clock_type::now();
  return std::chrono::duration<double, std::nano>(end - begin).count() / readings;
}

/// The build must be the one that was asked for, or the comparison compares nothing.
std::uint64_t check_meters(const flow_snapshot& seen, bool metered, std::uint64_t messages) {
  std::uint64_t slices = 0;
  for (const auto& node : seen.nodes)
    slices += node.counters.slices;
  const auto counted = seen.nodes.back().counters.in;
  if (counted != (metered ? messages : 0))
    throw error("wrong_build", fmt::format("the sink's meter says {} messages", counted));
  return slices;
}

void run(std::size_t workers, std::size_t hops, std::uint64_t messages, unsigned scrapes, bool metered) {
  flow_runtime runtime(runtime_options{.workers = workers});
  graph made;
  const auto seen = std::make_shared<tally>();
  add_chain<payload>(made, "n", messages, hops, seen);
  const auto plan = planned(made);
  const scraper eager(runtime, scrapes);
  const auto used_before = processor_seconds();
  const auto begin = clock_type::now();
  const auto summary = runtime.start(plan).wait();
  const std::chrono::duration<double> took = clock_type::now() - begin;
  const auto used = processor_seconds() - used_before;
  if (summary.outcome != flow_status::finished)
    throw error("flow_failed", summary.reason);
  seen->check(messages);
  const auto slices = check_meters(summary.final, metered, messages);
  const auto count = static_cast<double>(messages);
  fmt::print("{} {} {} {}\n", count / took.count(), count / used, static_cast<double>(slices) / count,
             nanoseconds_per_clock());
}

} // namespace

/// worker WORKERS HOPS MESSAGES SCRAPES metered|bare; 0 WORKERS: one per core
int main(int argc, char** argv) {
  try {
    if (argc != 6)
      throw error("usage", "WORKERS HOPS MESSAGES SCRAPES metered|bare");
    run(std::stoul(argv[1]), std::stoul(argv[2]), std::stoull(argv[3]),
        static_cast<unsigned>(std::stoul(argv[4])), std::string(argv[5]) == "metered");
    return EXIT_SUCCESS;
  } catch (const std::exception& failed) {
    fmt::print(stderr, "metrics_overhead worker: {}\n", failed.what());
    return EXIT_FAILURE;
  }
}
