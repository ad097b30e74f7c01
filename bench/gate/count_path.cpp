// Sends messages through one hot path, for callgrind to count: `bench_gate PATH COUNT`. Alone, lists the
// paths.

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <exception>

#include "bench/gate/hot_paths.hpp"

int main(int argc, char** argv) {
  using sluice::bench::hot_paths;
  if (argc == 1) {
    for (const auto& each : hot_paths())
      fmt::print("{}\t{}\n", each.name, each.what);
    return EXIT_SUCCESS;
  }
  const auto found = std::find_if(hot_paths().begin(), hot_paths().end(),
                                  [&](const auto& each) { return each.name == argv[1]; });
  const auto count = argc == 3 ? std::strtoull(argv[2], nullptr, 10) : 0;
  if (found == hot_paths().end() || count == 0) {
    fmt::print(stderr, "usage: {} PATH COUNT   (alone, it lists the paths)\n", argv[0]);
    return 2;
  }
  try {
    found->run(count);
    return EXIT_SUCCESS;
  } catch (const std::exception& failed) {
    fmt::print(stderr, "{}: {}\n", found->name, failed.what());
    return EXIT_FAILURE;
  }
}
