#pragma once

#include "persistence/store/lane_store.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace sluice {

/// A cap as it is to be: none, or a number.
using lane_cap = std::optional<std::uint64_t>;

/// What is to change about a lane; what is absent stays as it is.
struct lane_change {
  std::optional<bool> enabled = {};
  /// Explains the switch: a switch that is set without one has none.
  std::optional<std::string> reason = {};
  std::optional<lane_cap> ticks_per_day = {};
  std::optional<lane_cap> concurrent_runs = {};

  void apply_to(lane_settings& settings) const {
    settings.enabled = enabled.value_or(settings.enabled);
    if (enabled || reason)
      settings.reason = reason.value_or("");
    settings.ticks_per_day = ticks_per_day.value_or(settings.ticks_per_day);
    settings.concurrent_runs = concurrent_runs.value_or(settings.concurrent_runs);
  }
};

} // namespace sluice
