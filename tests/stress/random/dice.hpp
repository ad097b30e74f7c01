#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace sluice::stress {

/// Random choices that are the same for one seed with every standard library.
class dice {
public:
  explicit dice(std::uint64_t seed) : engine_(seed) {}

  /// Returns a number from `least` to `most`, both included.
  std::uint64_t between(std::uint64_t least, std::uint64_t most) {
    return least + engine_() % (most - least + 1);
  }
  std::size_t index(std::size_t count) { return static_cast<std::size_t>(engine_() % count); }
  /// True one time in `times`; never for 0.
  bool one_in(std::uint64_t times) { return times != 0 && engine_() % times == 0; }
  /// Returns a number from 1 to `most` such that each order of magnitude is as likely as the next.
  std::uint64_t magnitude(std::uint64_t most) {
    std::uint64_t bound = 1;
    while (bound < most && !one_in(5))
      bound *= 4;
    return between(1, bound < most ? bound : most);
  }
  std::uint64_t seed() { return engine_(); }

private:
  std::mt19937_64 engine_;
};

} // namespace sluice::stress
