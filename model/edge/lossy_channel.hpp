#pragma once

#include "model/edge/edge_queue.hpp"
#include "model/message/message_batch.hpp"
#include "model/message/port_type.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// The counts of a channel since its beginning; see `edge_counters`.
struct channel_counts {
  std::uint64_t offered = 0;
  std::uint64_t accepted = 0;
  std::uint64_t dropped = 0;
  std::uint64_t refused_type = 0;
  std::uint64_t refused_merge = 0;
  std::uint64_t replaced = 0;
  std::uint64_t coalesced = 0;
  std::uint64_t evicted = 0;
  std::uint64_t discarded = 0;
};

/// What a consumer finds in a channel.
enum class channel_state : std::uint8_t {
  empty,   ///< nothing; the next offer tells again
  waiting, ///< a message
  ended,   ///< the end of the stream, and nothing before it
};

/// The queue of a lossy edge, shared by its edge actor, which applies the policy, and its consumer, which
/// takes a message only when it is about to handle it: so what waits, waits where the policy sees it, even at
/// capacity 1. A short lock; no user code but the policy's own function runs under it.
class lossy_channel {
public:
  explicit lossy_channel(const edge_settings& settings) : queue_(settings), prefetch_(settings.prefetch) {}

  /// A message that was not taken in, and why.
  struct refusal {
    message refused;
    std::string why;
  };

  /// Edge actor: applies the policy to every message of `batch` and empties it. Returns true when the
  /// consumer must be told that there is something to take. `delivered` messages have reached the consumer's
  /// handler so far. Messages that do not fit `type` are refused when `check_type`.
  bool offer(message_batch& batch, std::uint64_t delivered, const port_type& type, bool check_type,
             std::vector<refusal>& refused);

  /// Consumer: returns what there is, and takes nothing: what waits stays where the policy sees it.
  channel_state look();

  /// Consumer: takes up to `prefetch` messages into `batch`, the marker included when nothing else is left.
  /// Returns false when there was nothing; the next offer then tells again. With a `prefetch` of one the
  /// consumer must count the message as delivered before it takes it: then nothing is ever under way, and the
  /// policy has the whole capacity.
  bool take(message_batch& batch);

  /// Edge actor: drops what waits and counts it as discarded.
  void discard_all();
  /// What is above a lowered capacity meets the policy when the next message is offered.
  void set_capacity(std::size_t capacity);

  channel_counts counts() const;
  std::size_t waiting() const;
  std::size_t capacity() const;

private:
  void shed_surplus(std::size_t outside);

  mutable std::mutex mutex_;
  edge_queue queue_;
  std::size_t prefetch_;
  channel_counts counts_;
  /// Messages the consumer has taken since the beginning.
  std::uint64_t taken_ = 0;
  bool consumer_idle_ = true;
  std::optional<message> marker_;
};

} // namespace sluice
