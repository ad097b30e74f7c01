#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace sluice::bench {

/// A path whose instructions per message the gate counts.
struct hot_path {
  /// `queue.drop`: what `bench/gate/baseline.json` calls it.
  std::string name;
  /// What one message goes through.
  std::string what;
  /// Sends `count` messages through it. Throws `error` when they did not all come.
  void (*run)(std::size_t count);
};

/// Returns all of them.
const std::vector<hot_path>& hot_paths();

} // namespace sluice::bench
