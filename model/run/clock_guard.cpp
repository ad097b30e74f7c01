#include "model/run/clock_guard.hpp"

#include <algorithm>

namespace sluice {

namespace {

constexpr std::chrono::milliseconds least_tolerance = std::chrono::minutes{1};
constexpr std::chrono::milliseconds longest_doubt = std::chrono::hours{24};

} // namespace

std::chrono::milliseconds clock_guard::moved_since(const moment& then, const moment& now) {
  return now.wall - then.wall - std::chrono::round<std::chrono::milliseconds>(now.boot - then.boot);
}

std::optional<std::chrono::milliseconds> clock_guard::look(utc_time wall, std::chrono::nanoseconds boot,
                                                           std::chrono::milliseconds shortest_rule) {
  const moment now{wall, boot};
  const auto tolerance = std::max(least_tolerance, shortest_rule / 10);
  const auto agrees = [&](const moment& then) {
    return std::chrono::abs(moved_since(then, now)) <= tolerance;
  };
  if (!believed_ || agrees(*believed_)) {
    believed_ = now;
    doubted_.reset();
    return std::nullopt;
  }
  if (!doubted_ || !agrees(doubted_->last))
    doubted_ = other_time{now, boot, moved_since(*believed_, now)};
  doubted_->last = now;
  if (boot - doubted_->since < std::min(shortest_rule, longest_doubt))
    return doubted_->moved;
  believed_ = now;
  doubted_.reset();
  return std::nullopt;
}

} // namespace sluice
