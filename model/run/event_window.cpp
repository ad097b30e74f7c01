#include "model/run/event_window.hpp"

#include <algorithm>

namespace sluice {

namespace {

bool comes_after(std::int64_t id, const run_event& event) noexcept {
  return id < event.id;
}

} // namespace

void event_window::add(std::int64_t since, const std::vector<run_event>& events) {
  if (!known_ || since > end_) {
    events_.clear();
    since_ = end_ = since;
    known_ = true;
  }
  const auto first_new = std::upper_bound(events.begin(), events.end(), end_, comes_after);
  events_.insert(events_.end(), first_new, events.end());
  if (first_new != events.end())
    end_ = events.back().id;
  while (events_.size() > limit_) {
    since_ = events_.front().id;
    events_.pop_front();
  }
}

void event_window::forget() noexcept {
  events_.clear();
  known_ = false;
}

event_page event_window::read(std::int64_t after, const std::optional<uuid>& run, std::size_t limit) const {
  event_page page;
  page.covers = std::max(after, end_);
  page.last = true;
  for (auto at = std::upper_bound(events_.begin(), events_.end(), after, comes_after); at != events_.end();
       ++at) {
    if (run && at->run != *run)
      continue;
    page.events.push_back(*at);
    page.last_seq = at->seq;
    if (page.events.size() == limit) {
      page.covers = at->id;
      page.last = false;
      break;
    }
  }
  return page;
}

} // namespace sluice
