#pragma once

#include "model/run/event_page.hpp"
#include "model/run/event_window.hpp"
#include "model/run/run_defaults.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace sluice {

struct event_feed_limits {
  /// Events that are read or handed on at a time.
  std::size_t page = defaults::event_page;
  /// Events that were handed on and not acknowledged; not below `page`.
  std::size_t outstanding = defaults::event_outstanding;
};

/// What one subscriber gets of the events, so that it gets every one with an id above where it began, once,
/// in order, without a gap between history and what is new. It says where its next events are: in the window
/// of the newest ones, or in the store. A subscriber that is slow gets no more until it has acknowledged
/// some; when the window has gone on meanwhile, it reads again from the store. So nothing waits for it in
/// memory.
class event_feed {
public:
  /// Follows the events of `run`, or of all, with an id above `since`.
  event_feed(std::int64_t since, std::optional<uuid> run, event_feed_limits limits = {});

  enum class source : std::uint8_t {
    none,    ///< nothing to do: it is up to date, is reading, or has enough outstanding
    window,  ///< call `take`
    history, ///< call `begin_reading`
  };
  /// Returns where the next events are.
  source next(const event_window& recent) const noexcept;
  /// Returns its next events from the window, perhaps none, and goes on after them.
  std::vector<run_event> take(const event_window& recent);
  /// Returns what to read from the store. Until `finish_reading` or `fail_reading`, `next` is `none`.
  event_query begin_reading(const event_window& recent);
  /// Returns the events of a page that answers the query.
  std::vector<run_event> finish_reading(event_page page);
  /// It is read again.
  void fail_reading() noexcept { reading_ = false; }
  /// The subscriber has taken in `count` more events.
  void acknowledge(std::size_t count) noexcept;

  /// It has been handed everything with an id up to this one.
  std::int64_t cursor() const noexcept { return cursor_; }
  std::size_t outstanding() const noexcept { return outstanding_; }

private:
  bool has_room_for_page() const noexcept { return outstanding_ + limits_.page <= limits_.outstanding; }
  std::vector<run_event> hand_on(event_page page);

  std::int64_t cursor_;
  /// Of `run_`: the number of the last event up to `cursor_` that was seen.
  std::uint64_t seq_ = 0;
  std::optional<uuid> run_;
  event_feed_limits limits_;
  std::size_t outstanding_ = 0;
  /// The last page of history was read: what follows will come through the window.
  bool history_read_ = false;
  bool reading_ = false;
  /// The window's end when reading began: the store had all up to it by then.
  std::int64_t committed_ = 0;
};

} // namespace sluice
