#include "model/edge/lossy_channel.hpp"

#include <utility>

namespace sluice {

bool lossy_channel::offer(message_batch& batch, std::uint64_t delivered, const port_type& type,
                          bool check_type, std::vector<refusal>& refused) {
  const std::lock_guard lock(mutex_);
  // The consumer may have handled more since `delivered` was read: then this is too high, never too low.
  const std::size_t outside = prefetch_ > 1 && taken_ > delivered ? taken_ - delivered : 0;
  if (!batch.messages.empty() && queue_.above_capacity(outside))
    shed_surplus(outside);
  for (auto& incoming : batch.messages) {
    ++counts_.offered;
    if (check_type && incoming.is_data() && !type.accepts(incoming.content())) {
      ++counts_.refused_type;
      refused.push_back({std::move(incoming), {}});
      continue;
    }
    std::string why;
    const auto verdict = queue_.push(std::move(incoming), outside, why);
    counts_.accepted += verdict != push_verdict::dropped && verdict != push_verdict::refused;
    counts_.dropped += verdict == push_verdict::dropped;
    counts_.evicted += verdict == push_verdict::evicted;
    counts_.replaced += verdict == push_verdict::replaced;
    counts_.coalesced += verdict == push_verdict::coalesced;
    if (verdict == push_verdict::refused) {
      ++counts_.refused_merge;
      // A refused push leaves the message as it was. NOLINTNEXTLINE(bugprone-use-after-move)
      refused.push_back({std::move(incoming), std::move(why)});
    }
  }
  if (batch.marker)
    marker_ = std::move(batch.marker);
  batch.clear();
  return std::exchange(consumer_idle_, false);
}

void lossy_channel::shed_surplus(std::size_t outside) {
  const auto shed = queue_.shed(outside);
  counts_.evicted += shed.evicted;
  counts_.coalesced += shed.coalesced;
}

channel_state lossy_channel::look() {
  const std::lock_guard lock(mutex_);
  if (!queue_.empty())
    return channel_state::waiting;
  consumer_idle_ = !marker_;
  return consumer_idle_ ? channel_state::empty : channel_state::ended;
}

bool lossy_channel::take(message_batch& batch) {
  const std::lock_guard lock(mutex_);
  while (!queue_.empty() && batch.size() < prefetch_)
    batch.messages.push_back(queue_.pop());
  taken_ += batch.size();
  if (queue_.empty() && marker_) {
    batch.marker = std::move(marker_);
    marker_.reset();
  }
  consumer_idle_ = batch.empty();
  return !consumer_idle_;
}

void lossy_channel::discard_all() {
  const std::lock_guard lock(mutex_);
  counts_.discarded += queue_.clear();
}

void lossy_channel::set_capacity(std::size_t capacity) {
  const std::lock_guard lock(mutex_);
  queue_.set_capacity(capacity);
}

channel_counts lossy_channel::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

std::size_t lossy_channel::waiting() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

std::size_t lossy_channel::capacity() const {
  const std::lock_guard lock(mutex_);
  return queue_.capacity();
}

} // namespace sluice
