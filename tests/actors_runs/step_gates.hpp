#pragma once

#include "steps/step_runner.hpp"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>

namespace sluice {

/// A step `gate` that waits until its test opens it, and says how often it was begun. Params: `name`, and
/// `deaf: true` for one that does not listen to interrupts.
class step_gates {
public:
  void open(const std::string& name) {
    const std::lock_guard lock(mutex_);
    open_[name] = true;
    changed_.notify_all();
  }
  /// Waits until attempts at the step called `name` have begun `count` times in all; false after a minute.
  bool await(const std::string& name, unsigned count = 1) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::minutes{1}, [&] { return begun_[name] >= count; });
  }
  unsigned begun(const std::string& name) {
    const std::lock_guard lock(mutex_);
    return begun_[name];
  }

  attempt_outcome pass(step_context& context);

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, bool> open_;
  std::map<std::string, unsigned> begun_;
};

} // namespace sluice
