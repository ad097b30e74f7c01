#pragma once

#include <chrono>
#include <optional>

namespace sluice {

/// How long what is over is kept. None: for ever.
struct retention_rules {
  /// Runs, with their steps, events and commands, after their end.
  std::optional<std::chrono::milliseconds> runs = {};
  /// Rows of the audit log.
  std::optional<std::chrono::milliseconds> audit = {};

  bool keeps_everything() const noexcept { return !runs && !audit; }
  friend bool operator==(const retention_rules&, const retention_rules&) = default;
};

} // namespace sluice
