#pragma once

#include <functional>
#include <utility>
#include <vector>

namespace sluice {

/// How to take back what a transaction has done so far. Not shared between threads.
class undo_log {
public:
  /// Does `take_back` when the transaction is rolled back, before those recorded earlier.
  void record(std::function<void()> take_back) { steps_.push_back(std::move(take_back)); }
  bool empty() const noexcept { return steps_.empty(); }
  void clear() noexcept { steps_.clear(); }

  void roll_back() noexcept {
    while (!steps_.empty()) {
      steps_.back()();
      steps_.pop_back();
    }
  }

private:
  std::vector<std::function<void()>> steps_;
};

} // namespace sluice
