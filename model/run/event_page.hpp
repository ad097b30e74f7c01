#pragma once

#include "model/run/run_event.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace sluice {

/// A piece of history: what somebody who follows events is to read from the store.
struct event_query {
  /// Events with an id above this one.
  std::int64_t since = 0;
  /// None: of all runs.
  std::optional<uuid> run = {};
  /// Of `run`: its events with a number above this one; those up to it have ids up to `since`.
  std::uint64_t since_seq = 0;
  std::size_t limit = 0;
};

/// Events in order, and how far they reach: all that were asked for, with an id up to `covers`, are here.
struct event_page {
  std::vector<run_event> events = {};
  std::int64_t covers = 0;
  /// Of the run that was asked for: the number of the last event that was looked at, if any was.
  std::uint64_t last_seq = 0;
  /// There was no more when it was read.
  bool last = false;
};

} // namespace sluice
