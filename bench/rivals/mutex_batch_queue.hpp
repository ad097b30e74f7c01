#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

namespace sluice::bench {

/// The queue that most programs write: whole batches under one mutex, two conditions, a bound. Emptied
/// buffers go back to the producers, so that nothing is allocated once it runs. Any number of threads at both
/// ends.
template <class Element>
class mutex_batch_queue {
public:
  using batch = std::vector<Element>;

  explicit mutex_batch_queue(std::size_t capacity_in_batches) : capacity_(capacity_in_batches) {}

  /// Waits for a place and leaves `filled` empty, with an old buffer.
  void push(batch& filled) {
    {
      std::unique_lock lock(mutex_);
      has_room_.wait(lock, [&] { return waiting_.size() < capacity_; });
      waiting_.push_back(std::move(filled));
      filled = take_spare();
    }
    has_batch_.notify_one();
  }

  /// Waits for a batch and swaps it with `emptied`, whose buffer is used again.
  void pop(batch& emptied) {
    emptied.clear();
    {
      std::unique_lock lock(mutex_);
      has_batch_.wait(lock, [&] { return !waiting_.empty(); });
      spares_.push_back(std::move(emptied));
      emptied = std::move(waiting_.front());
      waiting_.pop_front();
    }
    has_room_.notify_one();
  }

private:
  batch take_spare() {
    if (spares_.empty())
      return {};
    auto spare = std::move(spares_.back());
    spares_.pop_back();
    return spare;
  }

  std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable has_room_;
  std::condition_variable has_batch_;
  std::deque<batch> waiting_;
  std::vector<batch> spares_;
};

} // namespace sluice::bench
