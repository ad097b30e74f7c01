#include "nodes/stream/lru_set.hpp"

#include <utility>

namespace sluice {

bool lru_set::add(std::string key, std::chrono::nanoseconds now) {
  if (const auto found = places_.find(key); found != places_.end()) {
    const auto place = found->second;
    entries_.splice(entries_.begin(), entries_, place);
    if (lifetime_.count() == 0 || now - place->added < lifetime_)
      return false;
    place->added = now;
    return true;
  }
  entries_.push_front({std::move(key), now});
  places_.emplace(entries_.front().key, entries_.begin());
  if (places_.size() > size_) {
    places_.erase(entries_.back().key);
    entries_.pop_back();
  }
  return true;
}

} // namespace sluice
