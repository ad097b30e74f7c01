#pragma once

#include "actors/flow/node_links.hpp"
#include "metrics/edge_meter.hpp"
#include "model/edge/edge_change.hpp"
#include "model/edge/lossy_channel.hpp"
#include "model/graph/flow_plan.hpp"
#include "model/node/input_selector.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace sluice {

/// The consumer's side of a node's input edges: batches that wait, whose turn it is, progress and
/// acknowledgement. Thread: the node's.
class node_inputs {
public:
  /// What an input is made from.
  struct source {
    const planned_edge* edge;
    edge_meter* meter;
    /// Lossy edges only.
    std::shared_ptr<lossy_channel> channel;
  };

  node_inputs(const std::vector<source>& sources, std::size_t ports, node_links& links);

  void push(std::size_t input, batch_pointer batch) { lanes_[input].batches.push_back(std::move(batch)); }
  /// A lossy channel has something to take.
  void announce(std::size_t input) { lanes_[input].announced = true; }

  /// Returns the input to serve now, or nothing.
  std::optional<std::size_t> next() {
    if (lanes_.size() == 1)
      return ready(0) ? std::optional<std::size_t>(0) : std::nullopt;
    return selector_.next([this](std::size_t input) { return ready(input); });
  }

  /// Returns how many messages the input that `next` returned may be served before the next one's turn.
  std::size_t turn_left() const noexcept {
    return lanes_.size() == 1 ? defaults::batch_messages : selector_.left();
  }
  /// That input was served `count` messages.
  void served(std::size_t count) noexcept {
    if (lanes_.size() != 1)
      selector_.served(count);
  }

  /// True when some input could be served now.
  bool any_ready() {
    for (std::size_t input = 0; input < lanes_.size(); ++input)
      if (ready(input))
        return true;
    return false;
  }

  /// Returns the messages at the head of `input` that are here, oldest first; they stay where they are until
  /// the next call. The first must be handled at once: a lossy channel gives its message away only now.
  std::span<message> waiting(std::size_t input) {
    auto& lane = lanes_[input];
    if (!waits(input) || (!lane.current && !take(lane)))
      return {};
    return std::span(lane.current->messages).subspan(lane.position);
  }

  /// The head of `input` goes to the handler now: it counts as delivered, and credit goes back when enough
  /// has gathered.
  void mark_delivered(std::size_t input) {
    auto& lane = lanes_[input];
    lane.meter->set_delivered(++lane.delivered);
    if (++lane.unacknowledged >= lane.acknowledge_every)
      acknowledge(input);
  }
  /// Removes the head of `input`.
  void pop(std::size_t input) { ++lanes_[input].position; }

  /// Returns credit and spare buffers that have not been returned yet; at the end of a slice.
  void acknowledge_all();

  std::size_t port(std::size_t input) const { return lanes_[input].edge->to_port; }
  std::size_t count() const noexcept { return lanes_.size(); }

  /// Pauses `port`, or lets it go on, also when it is held back.
  void set_port_paused(std::size_t port, bool paused) { ports_[port] = {paused, never_held}; }
  bool is_paused(std::size_t input) const {
    const auto& port = ports_[lanes_[input].edge->to_port];
    return port.paused || port.held_until != never_held;
  }
  void resume_ports() { ports_.assign(ports_.size(), {}); }
  /// Nothing of `port` is presented until `until`, on the clock of `node_links::now`.
  void hold_back(std::size_t port, std::chrono::nanoseconds until) { ports_[port].held_until = until; }
  /// Ends the holding back that lasts until `now` at most.
  void retry_held_back(std::chrono::nanoseconds now);
  /// When the first port that is held back may go on; `max()` when none may by itself.
  std::chrono::nanoseconds next_retry() const noexcept;
  /// The head of `input` was presented and not taken; it stays.
  void set_deferred(std::size_t input, bool deferred) { lanes_[input].deferred = deferred; }
  std::size_t deferred_count() const noexcept;
  /// True when the head of `input` was presented before.
  bool is_deferred(std::size_t input) const { return lanes_[input].deferred; }

  /// True when every input has seen its end of stream, and everything before it was handled.
  bool all_ended();
  /// True when only feedback inputs are open.
  bool waits_for_feedback();
  void end_feedback();
  /// True when nothing waits here.
  bool idle();
  /// Drops what waits; the edges account for it.
  void discard();
  void set_band(std::size_t input, priority_band band) { selector_.set_band(input, band); }
  /// The edge at `input` holds so many from now on: it gets its credit back in quarters of that.
  void set_capacity(std::size_t input, std::size_t capacity);

private:
  struct input_lane {
    const planned_edge* edge;
    edge_meter* meter;
    std::shared_ptr<lossy_channel> channel;
    std::deque<batch_pointer> batches = {};
    batch_pointer current = {};
    std::size_t position = 0;
    batch_pointer spare = {};
    std::uint64_t delivered = 0;
    std::size_t unacknowledged = 0;
    /// Lossy lanes never do: their edge looks at `delivered`.
    std::size_t acknowledge_every = std::numeric_limits<std::size_t>::max();
    bool announced = false;
    bool ended = false;
    bool deferred = false;
  };

  static constexpr std::chrono::nanoseconds never_held{0};
  struct input_port {
    bool paused = false;
    std::chrono::nanoseconds held_until = never_held;
  };

  bool ready(std::size_t input) { return !is_paused(input) && waits(input); }
  /// True when `input` has a message to handle, here or in its channel.
  bool waits(std::size_t input) {
    auto& lane = lanes_[input];
    return (lane.current && lane.position < lane.current->messages.size()) || refill(lane, input);
  }
  bool refill(input_lane& from, std::size_t input);
  bool take(input_lane& from);
  void finish_batch(input_lane& from);
  void acknowledge(std::size_t input);

  node_links* links_;
  std::vector<input_lane> lanes_;
  std::vector<input_port> ports_;
  input_selector selector_;
};

} // namespace sluice
