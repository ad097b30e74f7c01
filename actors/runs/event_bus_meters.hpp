#pragma once

#include <atomic>
#include <cstdint>

namespace sluice {

/// What an event bus has counted since it began. Written by its threads, read by any.
struct event_bus_meters {
  using counter = std::atomic<std::uint64_t>;

  /// Now.
  counter subscribers = 0;
  /// Events handed to subscribers, each as often as it was.
  counter delivered = 0;
  /// Pages read from the store because they were not in memory, and those that could not be read.
  counter history_pages = 0;
  counter history_failures = 0;
  /// Listeners that were dropped because they threw.
  counter dropped_listeners = 0;
};

} // namespace sluice
