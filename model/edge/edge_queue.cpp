#include "model/edge/edge_queue.hpp"

#include <algorithm>

namespace sluice {

push_verdict edge_queue::push(message&& incoming, std::size_t outside, std::string& why) {
  const bool full = size() + outside >= capacity_;
  if (settings_->policy == overflow_policy::latest)
    return push_latest(std::move(incoming), full, why);
  if (!full) {
    append(std::move(incoming));
    return push_verdict::accepted;
  }
  // Nothing here can make room: all the capacity is in the consumer's hands (prefetch).
  if (empty() || settings_->policy == overflow_policy::drop)
    return push_verdict::dropped;
  if (settings_->policy == overflow_policy::coalesce)
    return push_coalesced(std::move(incoming), why);
  (void)pop();
  append(std::move(incoming));
  return push_verdict::evicted;
}

push_verdict edge_queue::push_latest(message&& incoming, bool full, std::string& why) {
  if (!settings_->key) {
    if (!empty()) {
      at(tail_ - 1) = std::move(incoming);
      return push_verdict::replaced;
    }
    if (full)
      return push_verdict::dropped;
    append(std::move(incoming));
    return push_verdict::accepted;
  }
  std::string key;
  try {
    key = settings_->key(incoming);
  } catch (const std::exception& failed) {
    why = failed.what();
    return push_verdict::refused;
  } catch (...) {
    why = "the key function threw something that is not a std::exception";
    return push_verdict::refused;
  }
  if (const auto place = places_.find(key); place != places_.end()) {
    at(place->second) = std::move(incoming);
    return push_verdict::replaced;
  }
  if (full && empty())
    return push_verdict::dropped;
  if (full)
    (void)pop();
  append(std::move(incoming));
  keep_place(std::move(key));
  return full ? push_verdict::evicted : push_verdict::accepted;
}

push_verdict edge_queue::push_coalesced(message&& incoming, std::string& why) {
  try {
    settings_->coalesce(at(tail_ - 1), std::move(incoming));
    return push_verdict::coalesced;
  } catch (const std::exception& failed) {
    why = failed.what();
    return push_verdict::refused;
  } catch (...) {
    why = "the coalesce function threw something that is not a std::exception";
    return push_verdict::refused;
  }
}

edge_queue::shed_counts edge_queue::shed(std::size_t outside) {
  shed_counts counts;
  const auto surplus = [&] { return above_capacity(outside) && size() > 1; };
  if (settings_->policy == overflow_policy::drop_oldest || settings_->policy == overflow_policy::latest)
    for (; surplus(); ++counts.evicted)
      (void)pop();
  else if (settings_->policy == overflow_policy::coalesce)
    while (surplus() && merge_newest())
      ++counts.coalesced;
  return counts;
}

bool edge_queue::merge_newest() {
  try {
    settings_->coalesce(at(tail_ - 2), std::move(at(tail_ - 1)));
  } catch (...) {
    // Both were accepted: they stay apart, and the queue above its capacity.
    return false;
  }
  --tail_;
  return true;
}

message edge_queue::pop() {
  message oldest = std::move(at(head_));
  if (!keys_.empty())
    forget_place();
  ++head_;
  return oldest;
}

void edge_queue::keep_place(std::string&& key) {
  const auto position = tail_ - 1;
  keys_.resize(ring_.size());
  auto place = places_.end();
  if (spare_place_.empty()) {
    place = places_.emplace(std::move(key), position).first;
  } else {
    spare_place_.key() = std::move(key);
    spare_place_.mapped() = position;
    place = places_.insert(std::move(spare_place_)).position;
  }
  keys_[position & (ring_.size() - 1)] = &place->first;
}

void edge_queue::forget_place() {
  spare_place_ = places_.extract(*keys_[head_ & (ring_.size() - 1)]);
}

std::size_t edge_queue::clear() {
  const auto count = size();
  while (!empty())
    (void)pop();
  return count;
}

void edge_queue::append(message&& incoming) {
  if (size() == ring_.size())
    grow();
  at(tail_) = std::move(incoming);
  ++tail_;
}

void edge_queue::grow() {
  std::vector<message> larger(std::max<std::size_t>(16, ring_.size() * 2));
  for (auto position = head_; position != tail_; ++position)
    larger[position & (larger.size() - 1)] = std::move(at(position));
  if (!keys_.empty()) {
    std::vector<const std::string*> keys(larger.size());
    for (auto position = head_; position != tail_; ++position)
      keys[position & (keys.size() - 1)] = keys_[position & (ring_.size() - 1)];
    keys_ = std::move(keys);
  }
  ring_ = std::move(larger);
}

} // namespace sluice
