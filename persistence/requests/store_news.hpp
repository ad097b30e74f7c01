#pragma once

#include "model/run/run_event.hpp"
#include "persistence/store/store.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace sluice {

/// How far somebody who watches a store has come.
struct watch_cursor {
  /// Of the last look; none: there was none yet.
  std::optional<std::int64_t> version = {};
  /// The last command that was seen.
  std::int64_t command = 0;
  /// The last row of the audit log that was seen: it says which lanes were set.
  std::int64_t audit = 0;
  /// The last event that was seen; none: they are not followed.
  std::optional<std::int64_t> event = {};
  /// The last look has left something for the next, whether or not the version changes.
  bool behind = false;
};

/// What the one who watches wants of the events.
enum class event_wish : std::uint8_t {
  none,  ///< nobody follows them
  later, ///< somebody does, but has not taken in the last ones yet
  now,
};

/// What a look has found.
struct store_news {
  /// Where the next look goes on.
  watch_cursor cursor;
  /// Something was committed since the last look, whatever it is.
  bool moved = false;
  std::vector<command_row> commands = {};
  /// The lanes that were set, each once and as it is now.
  std::vector<lane_row> lanes = {};
  /// If there is a number: `events` are all after this id, up to the last of them. Also without events when
  /// they begin to be followed: nothing after this id will be left out.
  std::optional<std::int64_t> events_since = {};
  std::vector<run_event> events = {};
  /// There is more to read at once.
  bool more = false;
};

/// Inside a transaction: returns what is new after `from`, at most `page` of each. The first look
/// finds nothing: it begins at the present end.
store_news read_news(store& in, const watch_cursor& from, event_wish events, std::size_t page);

} // namespace sluice
