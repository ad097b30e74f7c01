#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "bench/rivals/backoff.hpp"
#include "bench/rivals/message_maker.hpp"
#include "bench/rivals/mutex_batch_queue.hpp"
#include "bench/rivals/spsc_ring.hpp"

/// What may join two threads of a chain. A link has three members, each called by one thread; all know how
/// many messages there are, so that nobody needs a mark for the end:
/// - `write(count, make)` sends `count` messages that `make` returns;
/// - `forward(count, next)` moves `count` messages on to another link, one by one, as a relay of ours does;
/// - `read(count, use)` calls `use` with `count` messages.
/// Each holds `rival_capacity` messages and loses none.
namespace sluice::bench {

/// A lock-free ring with `Batch` messages at a time; 1: pushed and popped singly.
template <std::size_t Batch>
class ring_link {
public:
  template <class Make>
  void write(std::uint64_t count, Make&& make) {
    for (std::uint64_t left = count; left != 0;) {
      const auto now = wait_for_room(static_cast<std::size_t>(std::min<std::uint64_t>(Batch, left)));
      for (std::size_t i = 0; i < now; ++i)
        ring_.stage(make());
      ring_.publish();
      left -= now;
    }
  }

  void forward(std::uint64_t count, ring_link& next) {
    for (std::uint64_t left = count; left != 0;) {
      const auto now = next.wait_for_room(wait_for_messages());
      for (std::size_t i = 0; i < now; ++i) {
        next.ring_.stage(std::move(ring_.front()));
        ring_.drop();
      }
      next.ring_.publish();
      ring_.release();
      left -= now;
    }
  }

  template <class Use>
  void read(std::uint64_t count, Use&& use) {
    for (std::uint64_t left = count; left != 0;) {
      const auto now = wait_for_messages();
      for (std::size_t i = 0; i < now; ++i) {
        use(ring_.front());
        ring_.drop();
      }
      ring_.release();
      left -= now;
    }
  }

private:
  /// Returns `wanted` once there is room for so many.
  std::size_t wait_for_room(std::size_t wanted) {
    for (backoff pause; ring_.room(wanted) < wanted;)
      pause.wait();
    return wanted;
  }

  /// Returns how many messages wait, at most a batch, once there are any.
  std::size_t wait_for_messages() {
    backoff pause;
    auto found = ring_.waiting(Batch);
    for (; found == 0; found = ring_.waiting(Batch))
      pause.wait();
    return std::min(Batch, found);
  }

  spsc_ring<message> ring_{rival_capacity};
};

/// A queue of batches under a mutex.
class mutex_link {
public:
  explicit mutex_link(std::size_t capacity = rival_capacity) : queue_(capacity / rival_batch) {}

  template <class Make>
  void write(std::uint64_t count, Make&& make) {
    std::vector<message> batch;
    for (std::uint64_t left = count; left != 0; left -= std::min<std::uint64_t>(rival_batch, left)) {
      batch.reserve(rival_batch);
      for (std::uint64_t i = 0; i < rival_batch && i < left; ++i)
        batch.push_back(make());
      queue_.push(batch);
    }
  }

  void forward(std::uint64_t count, mutex_link& next) {
    std::vector<message> batch;
    std::vector<message> moved;
    for (std::uint64_t left = count; left != 0;) {
      queue_.pop(batch);
      left -= batch.size();
      moved.reserve(rival_batch);
      for (auto& each : batch)
        moved.push_back(std::move(each));
      next.queue_.push(moved);
    }
  }

  template <class Use>
  void read(std::uint64_t count, Use&& use) {
    std::vector<message> batch;
    for (std::uint64_t left = count; left != 0; left -= batch.size()) {
      queue_.pop(batch);
      for (auto& each : batch)
        use(each);
    }
  }

private:
  mutex_batch_queue<message> queue_;
};

} // namespace sluice::bench
