#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "bench/control_latency/open_loop.hpp"
#include "bench/control_latency/scenes.hpp"

namespace sluice::bench {

namespace {

/// A thread that sleeps until it is handed a number.
class bare_listener {
public:
  explicit bare_listener(std::size_t count)
      : thread_([this, count] {
          latencies_.reserve(count);
          run();
        }) {}
  ~bare_listener() { finish(); }
  bare_listener(const bare_listener&) = delete;
  bare_listener& operator=(const bare_listener&) = delete;

  void hand(std::int64_t counts_from) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(counts_from);
    }
    changed_.notify_one();
  }

  std::vector<std::int64_t> finish() {
    {
      const std::lock_guard lock(mutex_);
      finished_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable())
      thread_.join();
    return std::move(latencies_);
  }

private:
  void run() {
    std::vector<std::int64_t> taken;
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return finished_ || !waiting_.empty(); });
      if (waiting_.empty())
        return;
      taken.swap(waiting_);
      lock.unlock();
      for (const auto counts_from : taken)
        latencies_.push_back(steady::now().time_since_epoch().count() - counts_from);
      taken.clear();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::int64_t> waiting_;
  bool finished_ = false;
  std::vector<std::int64_t> latencies_;
  std::thread thread_;
};

} // namespace

sighting bare_thread(const pace& sent, missed slept) {
  const auto begin = steady::now();
  bare_listener listener(sent.count);
  wake_precisely();
  open_loop loop(sent.interval, slept);
  for (std::size_t i = 0; i < sent.count; ++i)
    listener.hand(loop.next().time_since_epoch().count());
  sighting result;
  result.latencies = listener.finish();
  result.messages = static_cast<double>(sent.count);
  result.seconds = std::chrono::duration<double>(steady::now() - begin).count();
  return result;
}

} // namespace sluice::bench
