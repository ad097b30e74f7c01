#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>

namespace sluice {

/// Hears what an attempt is told. Calls come from the teller's thread, one at a time, and must return at
/// once; they must not call the signal.
class step_listener {
public:
  /// End within `grace`; then you are stopped.
  virtual void on_interrupt(std::chrono::milliseconds grace) = 0;
  /// Stand still at the next convenient moment, and go on.
  /// `hold` is handed on to `step_context::stands_still`.
  virtual void on_hold(std::uint64_t hold) { (void)hold; }
  /// Go on.
  virtual void on_resume() {}
  /// The owner may act until this moment of CLOCK_BOOTTIME; whatever acts for it stops then by itself.
  virtual void on_extend(std::chrono::nanoseconds deadline) { (void)deadline; }

protected:
  ~step_listener() = default;
};

/// What an attempt under way is told by the owner of its run. Any thread.
class step_signal {
public:
  /// Tells it to end within `grace`. Told again, only a shorter grace is news.
  void interrupt(std::chrono::milliseconds grace);
  /// Tells it to stand still; `number`, which grows, names this order. No news while it is held.
  void hold(std::uint64_t number);
  /// Tells it to go on. No news while it is not held.
  void resume();
  /// Tells it until when, of CLOCK_BOOTTIME, its owner may act.
  void extend(std::chrono::nanoseconds deadline);

  /// True once it was told to end.
  bool is_interrupted() const;
  /// Waits at most `time`; returns true, at once, when the attempt is interrupted.
  bool wait_for(std::chrono::nanoseconds time);

  /// While one lives, `listener` hears of every change, and first, inside the constructor, of what was told
  /// before. No call is under way once it is gone. One at a time: a second throws `internal_error`.
  class attachment {
  public:
    /// Throws `internal_error` while there is another. Both outlive it.
    attachment(step_signal& to, step_listener& listener);
    attachment(const attachment&) = delete;
    attachment& operator=(const attachment&) = delete;
    /// Waits for a call that is under way.
    ~attachment();

  private:
    step_signal* to_;
  };

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  step_listener* listener_ = nullptr;
  std::optional<std::chrono::milliseconds> grace_;
  /// The order by which it is held, if it is.
  std::optional<std::uint64_t> held_;
  std::optional<std::chrono::nanoseconds> deadline_;
};

} // namespace sluice
