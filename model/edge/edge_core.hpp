#pragma once

#include "model/edge/lossy_channel.hpp"
#include "model/edge/policy.hpp"
#include "model/flow/flow_snapshot.hpp"
#include "model/message/message_batch.hpp"
#include "model/message/port_type.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace sluice {

/// What an edge sends to its ends; the edge actor implements it with messages.
class edge_links {
public:
  /// Lossless: a whole batch goes to the consumer.
  virtual void deliver(batch_pointer batch) = 0;
  /// Lossy: the channel is no longer empty.
  virtual void announce() = 0;
  /// `count` more messages may come; `spare` is an emptied buffer, or null.
  virtual void grant(std::size_t count, batch_pointer spare) = 0;
  /// A message was refused; `why` is empty for a wrong type.
  virtual void refuse(message refused, std::string_view why) = 0;

protected:
  ~edge_links() = default;
};

/// The rules of one edge: credit, accounting and, for lossy policies, the queue. A lossless (`block`) edge
/// passes whole batches on without touching them; its messages wait at the consumer, and `depth` counts them
/// until their handler has them. Invariant: depth + credit in the producer's hands <= capacity; when the
/// capacity was lowered, no credit is given until it holds again. Thread: the edge actor's.
class edge_core {
public:
  /// @param settings outlives this object.
  /// @param channel the queue that the consumer takes from; null for a lossless edge.
  /// @param check_type look at every payload: the producer's port is `any`, the consumer's is `type`.
  edge_core(const edge_settings& settings, std::shared_ptr<lossy_channel> channel, port_type type,
            bool check_type, edge_links& links);

  /// Gives the producer its first credit.
  void start();
  /// A batch from the producer. `delivered` messages have reached the consumer's handler so far.
  void offer(batch_pointer batch, std::uint64_t delivered);
  /// Lossless: the consumer has handed `count` more messages to its handler.
  void taken(std::size_t count, batch_pointer spare);
  /// Takes effect at once; what was accepted stays. Returns how much of the credit in the producer's hands is
  /// above a lowered capacity: ask for it, and say by `return_credit` what came.
  std::size_t set_capacity(std::size_t capacity);
  /// The producer gave back `count` of its credit. Less than was asked for has left it as messages.
  void return_credit(std::size_t count);
  void count_control() noexcept { ++counters_.control; }
  /// Counts the time during which the producer had no credit, up to `now` on a monotonic clock.
  void measure_blocked(std::chrono::nanoseconds now);
  /// From now on whatever comes or waits is discarded.
  void abort();
  /// Nothing follows: what the consumer has not handled by now is discarded. `delivered` as in `offer`.
  void close(std::uint64_t delivered);

  /// Returns the counters but for `delivered` and `depth`, which the consumer's progress decides.
  const edge_counters& counters() const noexcept { return counters_; }
  const edge_settings& settings() const noexcept { return *settings_; }

private:
  void offer_lossless(batch_pointer batch);
  void offer_lossy(batch_pointer batch, std::uint64_t delivered);
  /// Returns how many were refused.
  std::size_t refuse_misfits(message_batch& batch);
  void grant_free_places(batch_pointer spare);
  void copy_channel_counts();

  const edge_settings* settings_;
  port_type type_;
  bool check_type_;
  edge_links* links_;
  edge_counters counters_;
  std::shared_ptr<lossy_channel> channel_;
  /// Credit in the producer's hands, in messages.
  std::size_t credit_ = 0;
  /// Accepted and not yet reported as handed to the handler (lossless).
  std::size_t waiting_ = 0;
  bool started_ = false;
  bool aborted_ = false;
};

} // namespace sluice
