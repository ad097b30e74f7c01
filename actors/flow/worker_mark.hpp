#pragma once

#include <utility>

namespace sluice {

/// While one lives, its thread is a worker that runs the handlers of a cooperative node: waiting there would
/// hold the worker, so calls that may wait refuse to.
class worker_mark {
public:
  /// `cooperative`: false for a node with a thread of its own, which may wait.
  explicit worker_mark(bool cooperative) noexcept : before_(std::exchange(marked, cooperative)) {}
  ~worker_mark() { marked = before_; }
  worker_mark(const worker_mark&) = delete;
  worker_mark& operator=(const worker_mark&) = delete;

  /// True when the calling thread must not wait.
  static bool here() noexcept { return marked; }

private:
  static inline thread_local bool marked = false;

  const bool before_;
};

} // namespace sluice
