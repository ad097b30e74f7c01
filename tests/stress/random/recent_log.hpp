#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>

namespace sluice::stress {

/// Keeps the last lines of a log. Any thread.
class recent_log {
public:
  void write(std::string_view event, std::string_view text) {
    constexpr std::size_t kept = 200;
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::string(event) + " " + std::string(text));
    if (lines_.size() > kept)
      lines_.pop_front();
  }

  std::string text() const {
    const std::lock_guard lock(mutex_);
    std::string all;
    for (const auto& line : lines_)
      all += "  " + line + "\n";
    return all;
  }

private:
  mutable std::mutex mutex_;
  std::deque<std::string> lines_;
};

} // namespace sluice::stress
