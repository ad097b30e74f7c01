#pragma once

#include "model/node/wakeable.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace sluice {

/// What inlets and outlets have in common: a bounded queue between the threads outside a flow, which may
/// wait, and one node of it, which never does but may sleep. Any thread. Handles, the graph and the running
/// node share it. It serves one flow: once that is over, nothing passes any more.
class outside_line {
public:
  /// Throws `error("bad_value")` when `capacity` (in messages) is 0.
  outside_line(std::string name, std::size_t capacity);
  virtual ~outside_line() = default;
  outside_line(const outside_line&) = delete;
  outside_line& operator=(const outside_line&) = delete;

  const std::string& name() const noexcept { return name_; }
  std::size_t capacity() const noexcept { return capacity_; }

  /// The node begins to serve this line. Throws `error("line_in_use")` when a node of another flow does, and
  /// `error("line_over")` when one did.
  void attach(node_waker waker);
  /// The node stops, and a fresh one will come in its place.
  void detach() noexcept;
  /// The flow is over: whoever waits outside returns. Returns how many messages are given up.
  std::size_t end() noexcept;
  /// The same unless a node serves this line: for the end of a flow that failed before that node's start. Its
  /// summary is made by then: what is given up here is in no counter.
  void end_if_unserved() noexcept;
  /// True once the outside has closed its end, or the flow is over.
  bool ended() const;

  /// Names one of those who listen.
  enum class listener : std::uint64_t {};
  /// For an actor that stands outside in the place of threads: `call` is called under the lock when there is
  /// something to do and that listener said to sleep, and when this line is closed or its flow is over. It
  /// sends a message and does nothing else. Any number may listen.
  listener listen(std::function<void()> call);
  /// `which` is not called any more, and no call is under way; the others are.
  void unlisten(listener which) noexcept;

protected:
  using held_lock = std::unique_lock<std::mutex>;

  /// At the end: takes out what nobody will have any more, gives the lock back, and only then destroys it:
  /// destructors of payloads may do anything. Returns how many messages that were.
  virtual std::size_t give_up(held_lock& lock) noexcept = 0;

  /// Waits until `ready` or `deadline`; the lock is held before and after, and whenever `ready` is asked.
  /// Whoever was let go on and leaves something to do for another one says so to `leave`.
  template <class Ready>
  void wait_until(held_lock& lock, std::chrono::steady_clock::time_point deadline, Ready ready) {
    ++waiting_;
    bool in_time = true;
    while (in_time && !ready()) {
      in_time = changed_.wait_until(lock, deadline) == std::cv_status::no_timeout;
      called_ = false;
    }
    --waiting_;
  }
  /// Throws `error("would_block_worker")` inside a handler of a cooperative node, if `timeout` is above 0.
  void refuse_to_hold_worker(std::chrono::nanoseconds timeout) const;
  /// When a wait of `timeout` from now is over; one of many years never is.
  static std::chrono::steady_clock::time_point deadline_of(std::chrono::nanoseconds timeout) noexcept;

  /// The outside closes its end; the node and those outside get to see it.
  void shut();
  /// Under the lock: somebody is in `wait_until`, or listens and sleeps.
  bool somebody_waits() const noexcept;
  /// Under the lock: whether `which` has nothing to do until it is called.
  void set_asleep(listener which, bool asleep) noexcept;
  /// Gives the lock back; wakes the node if it sleeps and `wake_node` is true. If `call_next` is true it lets
  /// one of the threads that wait look again, because a crowd would mostly wake in vain, and each listener
  /// that sleeps: one that finds nothing more to do would not hand the turn on.
  void leave(held_lock& lock, bool wake_node, bool call_next);

  mutable std::mutex mutex_;
  /// The node has nothing to do until somebody wakes it.
  bool asleep_ = false;
  /// The outside has closed its end, or the flow is over.
  bool closed_ = false;
  bool over_ = false;

private:
  struct listening {
    listener which;
    std::function<void()> call;
    bool asleep = false;
  };

  std::size_t end_locked(held_lock& lock) noexcept;
  /// Under the lock, so that nobody is spoken to after `unlisten`: its actor system may be gone by then.
  void call_listeners(bool also_awake);

  const std::string name_;
  const std::size_t capacity_;
  std::condition_variable changed_;
  std::size_t waiting_ = 0;
  /// One of those who wait was told to look, and has not yet.
  bool called_ = false;
  bool attached_ = false;
  std::shared_ptr<const node_waker> waker_;
  std::vector<listening> listeners_;
  std::uint64_t last_listener_ = 0;
};

} // namespace sluice
