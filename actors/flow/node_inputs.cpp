#include "actors/flow/node_inputs.hpp"

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

std::vector<priority_band> bands_of(const std::vector<node_inputs::source>& sources) {
  std::vector<priority_band> bands;
  for (const auto& each : sources)
    bands.push_back(each.edge->settings.band);
  return bands;
}

/// Credit goes back in quarters of the capacity, so that the producer works while this node does.
std::size_t share_of(std::size_t capacity) {
  return std::clamp<std::size_t>(capacity / 4, 1, defaults::batch_messages);
}

} // namespace

node_inputs::node_inputs(const std::vector<source>& sources, std::size_t ports, node_links& links)
    : links_(&links), ports_(ports), selector_(bands_of(sources)) {
  for (const auto& each : sources) {
    auto& added = lanes_.emplace_back(input_lane{each.edge, each.meter, each.channel});
    if (!each.channel)
      added.acknowledge_every = share_of(each.edge->settings.capacity);
  }
}

void node_inputs::set_capacity(std::size_t input, std::size_t capacity) {
  if (lanes_[input].edge->settings.lossless())
    lanes_[input].acknowledge_every = share_of(capacity);
}

bool node_inputs::refill(input_lane& from, std::size_t input) {
  while (true) {
    if (from.current)
      finish_batch(from);
    if (!from.batches.empty()) {
      from.current = std::move(from.batches.front());
      from.batches.pop_front();
    } else if (from.channel && from.announced && !from.ended) {
      const auto found = from.channel->look();
      if (found == channel_state::waiting)
        return true;
      from.announced = false;
      from.ended = found == channel_state::ended;
    }
    if (!from.current) {
      // The last of a batch is handled: its buffer and credit should not wait for more.
      if (!from.channel && from.spare && from.unacknowledged != 0)
        acknowledge(input);
      return false;
    }
    if (!from.current->messages.empty())
      return true;
  }
}

bool node_inputs::take(input_lane& from) {
  auto batch = from.spare ? std::move(from.spare) : std::make_shared<message_batch>();
  from.spare.reset();
  // Counted before it is taken, so that the edge never finds a place in use that is not; see
  // `lossy_channel::take`.
  if (from.edge->settings.prefetch == 1)
    from.meter->set_delivered(from.delivered + 1);
  from.announced = from.channel->take(*batch);
  if (batch->messages.empty()) {
    // The edge was aborted just now: it discarded what was there.
    from.spare = std::move(batch);
    return false;
  }
  from.current = std::move(batch);
  return true;
}

void node_inputs::finish_batch(input_lane& from) {
  from.ended = from.ended || from.current->marker.has_value();
  from.current->clear();
  from.spare = std::move(from.current);
  from.current.reset();
  from.position = 0;
}

void node_inputs::acknowledge(std::size_t input) {
  auto& lane = lanes_[input];
  links_->send_taken(input, std::exchange(lane.unacknowledged, 0), std::move(lane.spare));
  lane.spare.reset();
}

void node_inputs::acknowledge_all() {
  for (std::size_t input = 0; input < lanes_.size(); ++input)
    if (!lanes_[input].channel && lanes_[input].unacknowledged != 0)
      acknowledge(input);
}

std::size_t node_inputs::deferred_count() const noexcept {
  return static_cast<std::size_t>(
      std::count_if(lanes_.begin(), lanes_.end(), [](const input_lane& l) { return l.deferred; }));
}

void node_inputs::retry_held_back(std::chrono::nanoseconds now) {
  for (auto& each : ports_)
    if (each.held_until <= now)
      each.held_until = never_held;
}

std::chrono::nanoseconds node_inputs::next_retry() const noexcept {
  auto first = std::chrono::nanoseconds::max();
  for (const auto& each : ports_)
    if (each.held_until != never_held)
      first = std::min(first, each.held_until);
  return first;
}

bool node_inputs::all_ended() {
  for (std::size_t input = 0; input < lanes_.size(); ++input)
    if (waits(input) || !lanes_[input].ended)
      return false;
  return true;
}

bool node_inputs::waits_for_feedback() {
  bool open_feedback = false;
  for (std::size_t input = 0; input < lanes_.size(); ++input) {
    if (!waits(input) && lanes_[input].ended)
      continue;
    if (!lanes_[input].edge->settings.feedback)
      return false;
    open_feedback = true;
  }
  return open_feedback;
}

void node_inputs::end_feedback() {
  for (auto& each : lanes_)
    each.ended = each.ended || each.edge->settings.feedback;
}

bool node_inputs::idle() {
  for (std::size_t input = 0; input < lanes_.size(); ++input)
    if (waits(input))
      return false;
  return true;
}

void node_inputs::discard() {
  for (auto& each : lanes_) {
    each.batches.clear();
    each.current.reset();
    each.channel.reset();
    each.position = 0;
  }
}

} // namespace sluice
