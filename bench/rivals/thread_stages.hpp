#pragma once

#include <chrono>
#include <functional>
#include <thread>
#include <vector>

namespace sluice::bench {

/// Runs every stage on a thread of its own and returns the seconds from the start of the first to the end of
/// the last.
inline double seconds_to_run_threads(const std::vector<std::function<void()>>& stages) {
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  threads.reserve(stages.size());
  for (const auto& stage : stages)
    threads.emplace_back(stage);
  for (auto& thread : threads)
    thread.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  return took.count();
}

} // namespace sluice::bench
