#include "nodes/io/line_splitter.hpp"

#include <algorithm>

namespace sluice {

line_splitter::line_splitter(std::size_t line_limit, std::size_t buffer)
    : limit_(std::max<std::size_t>(line_limit, 1)),
      step_(std::max<std::size_t>(buffer, 1)),
      capacity_(step_),
      buffer_(new char[capacity_]) {}

std::span<char> line_splitter::space() {
  if (begin_ > 0) {
    // Only the start of one line is left here, so this moves little.
    std::memmove(buffer_.get(), buffer_.get() + begin_, pending());
    end_ -= begin_;
    scanned_ -= begin_;
    begin_ = 0;
  }
  if (end_ == capacity_)
    grow();
  return {buffer_.get() + end_, capacity_ - end_};
}

void line_splitter::grow() {
  // A full buffer holds one line that is still within the limit, so this is always more than now.
  const auto wanted = std::min(capacity_ * 2, limit_ + step_);
  std::unique_ptr<char[]> larger(new char[wanted]);
  std::memcpy(larger.get(), buffer_.get(), end_);
  buffer_ = std::move(larger);
  capacity_ = wanted;
}

void line_splitter::reset() noexcept {
  begin_ = scanned_ = end_ = 0;
  lines_ = 0;
  skipping_ = finished_ = false;
}

bool line_splitter::skip_to_end() noexcept {
  const auto* found = find_end();
  begin_ = scanned_ = found != nullptr ? static_cast<std::size_t>(found - buffer_.get()) + 1 : end_;
  skipping_ = found == nullptr;
  return !skipping_;
}

line_splitter::outcome line_splitter::next_without_end(std::string_view& line) noexcept {
  if (skipping_)
    return skip_to_end() ? next(line) : outcome::none;
  const auto left = pending();
  if (left == 0 || (left <= limit_ && !finished_))
    return outcome::none;
  line = {buffer_.get() + begin_, left};
  begin_ = scanned_ = end_;
  ++lines_;
  if (left <= limit_)
    return outcome::line;
  skipping_ = true;
  return outcome::too_long;
}

} // namespace sluice
