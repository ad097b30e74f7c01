#pragma once

#include "model/base/defaults.hpp"

#include <atomic>
#include <cstddef>
#include <limits>

namespace sluice {

/// The places that control messages from outside have at one node, as each of its edges has for those that
/// come by it. Whoever sends takes one first; the node gives it back when it has handled the message, and
/// closes the places when it ends: so a message that found a place is always handled. Any thread; no locks.
class control_places {
public:
  /// Takes a place. False when all are taken, or the node has ended.
  bool take() noexcept {
    auto taken = taken_.load(std::memory_order_relaxed);
    do {
      if (taken >= defaults::control_places)
        return false;
    } while (!taken_.compare_exchange_weak(taken, taken + 1, std::memory_order_relaxed));
    return true;
  }

  void give_back() noexcept { taken_.fetch_sub(1, std::memory_order_relaxed); }

  /// Lets nobody in any more. False, and nothing has changed, while a message is on its way.
  bool close() noexcept {
    std::size_t none = 0;
    return taken_.compare_exchange_strong(none, closed, std::memory_order_relaxed) || none == closed;
  }

private:
  static constexpr std::size_t closed = std::numeric_limits<std::size_t>::max();

  std::atomic<std::size_t> taken_{0};
};

} // namespace sluice
