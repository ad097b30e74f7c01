#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace sluice {

/// Carries out pieces of work one after the other on a thread of its own, so that what takes time does not
/// hold up the network thread. Any thread.
class working_thread {
public:
  /// `limit`: pieces that may wait.
  explicit working_thread(std::size_t limit);
  /// Waits for the piece under way; those that wait are destroyed undone.
  ~working_thread();
  working_thread(const working_thread&) = delete;
  working_thread& operator=(const working_thread&) = delete;

  /// Returns false, and takes nothing, when `limit` pieces wait. `work` must not throw.
  [[nodiscard]] bool add(std::function<void()> work);

private:
  void run();

  const std::size_t limit_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace sluice
