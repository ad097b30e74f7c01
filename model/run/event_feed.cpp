#include "model/run/event_feed.hpp"

#include <algorithm>
#include <utility>

namespace sluice {

event_feed::event_feed(std::int64_t since, std::optional<uuid> run, event_feed_limits limits)
    : cursor_(since), run_(run), limits_(limits) {
  limits_.page = std::max<std::size_t>(1, limits_.page);
  limits_.outstanding = std::max(limits_.page, limits_.outstanding);
}

event_feed::source event_feed::next(const event_window& recent) const noexcept {
  if (reading_ || outstanding_ >= limits_.outstanding)
    return source::none;
  if (recent.known() && cursor_ >= recent.since())
    return cursor_ < recent.end() ? source::window : source::none;
  const bool is_read = history_read_ && !recent.known();
  return !is_read && has_room_for_page() ? source::history : source::none;
}

std::vector<run_event> event_feed::take(const event_window& recent) {
  const auto room = limits_.outstanding - outstanding_;
  return hand_on(recent.read(cursor_, run_, std::min(room, limits_.page)));
}

event_query event_feed::begin_reading(const event_window& recent) {
  reading_ = true;
  committed_ = recent.known() ? recent.end() : 0;
  return {cursor_, run_, seq_, limits_.page};
}

std::vector<run_event> event_feed::finish_reading(event_page page) {
  reading_ = false;
  history_read_ = page.last;
  if (page.last)
    page.covers = std::max(page.covers, committed_);
  return hand_on(std::move(page));
}

void event_feed::acknowledge(std::size_t count) noexcept {
  outstanding_ -= std::min(count, outstanding_);
}

std::vector<run_event> event_feed::hand_on(event_page page) {
  cursor_ = std::max(cursor_, page.covers);
  seq_ = std::max(seq_, page.last_seq);
  outstanding_ += page.events.size();
  return std::move(page.events);
}

} // namespace sluice
