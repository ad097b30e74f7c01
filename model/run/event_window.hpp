#pragma once

#include "model/run/event_page.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>

namespace sluice {

/// The newest events of a store, without gaps: every event with an id above `since()` up to `end()` is here.
/// Whoever has come as far as `since()` needs nothing else.
class event_window {
public:
  /// Keeps at most `limit` events, the newest.
  explicit event_window(std::size_t limit) : limit_(limit) {}

  /// Nothing is known before the first `add`.
  bool known() const noexcept { return known_; }
  std::int64_t since() const noexcept { return since_; }
  std::int64_t end() const noexcept { return end_; }

  /// Takes in all events with an id above `since` up to the last of them. When that leaves a gap after
  /// `end()`, the window begins anew; what it has already is left out.
  void add(std::int64_t since, const std::vector<run_event>& events);
  /// Nothing is known any more.
  void forget() noexcept;

  /// Returns up to `limit` events of `run`, or of all, with an id above `after`, which must not be below
  /// `since()`.
  event_page read(std::int64_t after, const std::optional<uuid>& run, std::size_t limit) const;

private:
  std::size_t limit_;
  std::deque<run_event> events_;
  std::int64_t since_ = 0;
  std::int64_t end_ = 0;
  bool known_ = false;
};

} // namespace sluice
