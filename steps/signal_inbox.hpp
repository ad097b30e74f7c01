#pragma once

#include "steps/owned_descriptor.hpp"
#include "steps/step_signal.hpp"

#include <chrono>
#include <mutex>
#include <optional>

namespace sluice {

/// Keeps what an attempt is told for a thread that waits in poll(2): its descriptor is readable while there
/// is something new. Threads: told from any, read by one.
class signal_inbox final : public step_listener {
public:
  /// Listens to `of`, which outlives it. Throws `error("no_descriptors")`.
  explicit signal_inbox(step_signal& of);

  int descriptor() const noexcept { return bell_.get(); }

  /// What was told since the last time.
  struct news {
    std::optional<std::chrono::milliseconds> interrupted = {};
    /// CLOCK_BOOTTIME.
    std::optional<std::chrono::nanoseconds> deadline = {};
  };
  news take();

  void on_interrupt(std::chrono::milliseconds grace) override;
  void on_extend(std::chrono::nanoseconds deadline) override;

private:
  void ring() const noexcept;

  owned_descriptor bell_;
  std::mutex mutex_;
  news news_;
  /// Last: nobody calls once the rest goes.
  step_signal::attachment attachment_;
};

} // namespace sluice
