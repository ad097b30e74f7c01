#pragma once

#include <atomic>
#include <cstdint>

namespace sluice {

/// A number that one thread at a time writes and any thread reads. Writing costs a load and a store: there is
/// no second writer, so no locked instruction is needed. Successive writers must hand over with a
/// happens-before (a mailbox does).
class meter_counter {
public:
  void add(std::uint64_t amount = 1) noexcept { set(get() + amount); }
  void set(std::uint64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
  /// Keeps the larger of the present value and `value`.
  void raise(std::uint64_t value) noexcept {
    if (value > get())
      set(value);
  }
  std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
  std::atomic<std::uint64_t> value_{0};
};

} // namespace sluice
