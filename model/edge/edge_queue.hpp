#pragma once

#include "model/edge/policy.hpp"
#include "model/message/message.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace sluice {

/// What a push did with the new message.
enum class push_verdict : std::uint8_t {
  accepted,  ///< queued; there was room
  evicted,   ///< queued; an older one made room
  replaced,  ///< queued in the place of an older one with its key
  coalesced, ///< merged into the newest queued one
  dropped,   ///< there was no room
  refused,   ///< its key or its merge failed
};

/// The messages that wait on a lossy edge, under its policy: `drop`, `drop_oldest`, `latest` or `coalesce`. A
/// ring buffer that grows up to the capacity. Thread: none of its own; the owner locks.
class edge_queue {
public:
  /// @param settings must outlive the queue; its capacity is the first one.
  explicit edge_queue(const edge_settings& settings) : settings_(&settings), capacity_(settings.capacity) {}

  /// Offers `incoming`. `outside` is the number of accepted messages that are elsewhere (at the consumer, not
  /// handled yet); they use up capacity. `why` gets the text of a refusal.
  push_verdict push(message&& incoming, std::size_t outside, std::string& why);

  /// Takes the oldest message; the queue must not be empty.
  message pop();

  std::size_t size() const noexcept { return static_cast<std::size_t>(tail_ - head_); }
  bool empty() const noexcept { return head_ == tail_; }
  std::size_t capacity() const noexcept { return capacity_; }
  /// Discards nothing: a queue above its new capacity is full until it has been served, or sheds.
  void set_capacity(std::size_t capacity) noexcept { capacity_ = capacity; }
  /// True when a lowered capacity has left more here than it allows; `outside` as in `push`.
  bool above_capacity(std::size_t outside) const noexcept { return size() + outside > capacity_; }
  /// What a queue has given up under its policy.
  struct shed_counts {
    std::uint64_t evicted = 0;
    std::uint64_t coalesced = 0;
  };
  /// Does to the surplus what its policy would have done, had the capacity been what it is now: `drop_oldest`
  /// and `latest` evict the oldest, `coalesce` merges the newest (as far as they can be merged), `drop` keeps
  /// what it once took. One message stays in any case: the policy needs it for the next.
  shed_counts shed(std::size_t outside);
  /// Drops all messages and returns how many there were.
  std::size_t clear();

private:
  push_verdict push_latest(message&& incoming, bool full, std::string& why);
  push_verdict push_coalesced(message&& incoming, std::string& why);
  /// Merges the newest message into the one before it; false when they cannot be merged.
  bool merge_newest();
  void append(message&& incoming);
  void grow();
  message& at(std::uint64_t position) noexcept { return ring_[position & (ring_.size() - 1)]; }

  const edge_settings* settings_;
  std::size_t capacity_;
  /// Power of two long; positions count up for ever and wrap by masking.
  std::vector<message> ring_;
  std::uint64_t head_ = 0;
  std::uint64_t tail_ = 0;
  using places = std::unordered_map<std::string, std::uint64_t>;

  void keep_place(std::string&& key);
  void forget_place();

  /// `latest` with a key: where each queued key waits, and the key of each place of the ring.
  places places_;
  std::vector<const std::string*> keys_;
  /// One that was used before: a new key then costs no allocation.
  places::node_type spare_place_;
};

} // namespace sluice
