#pragma once

#include "model/base/random_source.hpp"

#include <functional>

namespace sluice {

/// Returns a source with a seed of the system's.
random_source seeded_random();

/// Returns what makes sources for single runs: small and quick to make, since there are thousands a second.
/// Any thread. SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA
/// 2014).
std::function<random_source()> random_maker();

} // namespace sluice
