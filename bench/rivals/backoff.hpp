#pragma once

#include <thread>

namespace sluice::bench {

/// Waits for another thread: spins briefly, then gives up the processor. One per wait.
class backoff {
public:
  void wait() noexcept {
    if (++spins_ > longest_spin)
      std::this_thread::yield();
    else
      relax();
  }

private:
  /// A few microseconds at most: longer than the other side takes when it runs, about a switch of threads.
  static constexpr int longest_spin = 64;

  static void relax() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }

  int spins_ = 0;
};

} // namespace sluice::bench
