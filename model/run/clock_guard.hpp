#pragma once

#include "model/base/utc_time.hpp"

#include <chrono>
#include <optional>

namespace sluice {

/// Tells a wall clock that was set from one that went on, by a clock that nobody can set: what is old is
/// removed for good, so a wrong date must not make everything old at once. Who is told that the clock was
/// moved waits. It is believed again when it is back where it would be, or, since the new time may be the
/// right one, when that has held for as long as the shortest rule, at most a day.
///
/// Moved is: by more than a tenth of the shortest rule, at least a minute, between two looks. Steps that are
/// smaller, and what NTP slews, pass. Nothing is known before the first look.
class clock_guard {
public:
  /// Looks at both clocks, read at one moment: `boot` since the host's boot (CLOCK_BOOTTIME), and never
  /// less than at the look before. Returns by how much the wall clock was set forth (or back: negative),
  /// or nothing when it is to be believed.
  std::optional<std::chrono::milliseconds> look(utc_time wall, std::chrono::nanoseconds boot,
                                                std::chrono::milliseconds shortest_rule);

private:
  struct moment {
    utc_time wall;
    std::chrono::nanoseconds boot;
  };
  struct other_time {
    moment last;
    std::chrono::nanoseconds since;
    std::chrono::milliseconds moved;
  };

  /// How far the wall clock has gone ahead of the other since then.
  static std::chrono::milliseconds moved_since(const moment& then, const moment& now);

  std::optional<moment> believed_;
  /// The time that the wall clock shows instead.
  std::optional<other_time> doubted_;
};

} // namespace sluice
