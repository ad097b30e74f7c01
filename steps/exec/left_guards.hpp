#pragma once

#include <mutex>
#include <sys/types.h>
#include <vector>

namespace sluice {

/// Guards whose runners could not wait for their end, because something that they guard cannot be killed.
/// They are collected later, so that they do not stay as zombies. Any thread.
class left_guards {
public:
  left_guards() = default;
  left_guards(const left_guards&) = delete;
  left_guards& operator=(const left_guards&) = delete;
  ~left_guards() { collect(); }

  void add(pid_t guard);
  /// Collects those that have ended; never waits.
  void collect() noexcept;

private:
  std::mutex mutex_;
  std::vector<pid_t> guards_;
};

} // namespace sluice
