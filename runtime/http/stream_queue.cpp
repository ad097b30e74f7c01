#include "runtime/http/stream_queue.hpp"

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

/// A close frame has no room for more (RFC 6455, 5.5.1).
constexpr std::size_t longest_reason = 123;

} // namespace

stream_queue::stream_queue(std::size_t limit, std::function<void()> wake)
    : limit_(limit), wake_(std::move(wake)) {}

bool stream_queue::send(std::string piece) {
  {
    const std::lock_guard lock(mutex_);
    if (over_ || ending_ || waiting_ > limit_)
      return false;
    waiting_ += piece.size();
    pieces_.push_back(std::move(piece));
    if (std::exchange(awake_, true))
      return true;
  }
  wake_();
  return true;
}

void stream_queue::close(std::string last, std::uint16_t code, std::string reason) {
  {
    const std::lock_guard lock(mutex_);
    if (over_ || ending_)
      return;
    if (!last.empty()) {
      waiting_ += last.size();
      pieces_.push_back(std::move(last));
    }
    reason.resize(std::min(reason.size(), longest_reason));
    ending_ = ending{code, std::move(reason)};
    if (std::exchange(awake_, true))
      return;
  }
  wake_();
}

std::size_t stream_queue::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

stream_queue::batch stream_queue::take(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  batch next;
  for (std::size_t size = 0; !pieces_.empty() && size < bytes; pieces_.pop_front()) {
    size += pieces_.front().size();
    next.pieces.push_back(std::move(pieces_.front()));
  }
  if (pieces_.empty())
    next.end = ending_;
  awake_ = !next.pieces.empty() || next.end.has_value();
  return next;
}

void stream_queue::written(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  waiting_ -= std::min(waiting_, bytes);
}

void stream_queue::end() {
  std::deque<std::string> forgotten;
  const std::lock_guard lock(mutex_);
  over_ = true;
  waiting_ = 0;
  forgotten.swap(pieces_);
}

} // namespace sluice
