#pragma once

#include "model/rules/rule_state.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <string>

namespace sluice {

/// How many ids there are.
inline constexpr std::size_t spoken_rules = 8;

/// What somebody sets who may be killed in between: the state `spoken_word(i, …)` of `spoken_rule(i)`, for
/// each i from 1. `story` tells one such somebody from the others.
inline std::string spoken_rule(std::size_t number) {
  return fmt::format("r{}", number % spoken_rules);
}

inline rule_state spoken_word(std::size_t number, std::size_t story, utc_time now) {
  return {rule_mode::disabled, 1, fmt::format("{} of {}", number, story), "speaker", now, {}};
}

} // namespace sluice
