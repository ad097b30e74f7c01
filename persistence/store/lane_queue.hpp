#pragma once

#include <string>

namespace sluice {

/// The name of a lane: a queue of runs within an environment.
struct lane_queue {
  std::string env;
  std::string lane;

  friend bool operator==(const lane_queue&, const lane_queue&) = default;
};

} // namespace sluice
