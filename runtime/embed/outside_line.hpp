#pragma once

#include "model/node/wakeable.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

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
  /// The same unless a node serves this line: for the end of a flow that failed before that node's start.
  void end_if_unserved() noexcept;
  /// True once the outside has closed its end, or the flow is over.
  bool ended() const;

  /// For an actor that stands outside in the place of threads: `call` is called under the lock when there is
  /// something to do for one that said to sleep, and when this line is closed or its flow is over. It sends a
  /// message and does nothing else. Without one nobody listens any more, and no call is under way.
  void listen(std::function<void()> call);

protected:
  using held_lock = std::unique_lock<std::mutex>;

  /// Under the lock, at the end: drops what nobody will have any more, and returns how many that were.
  virtual std::size_t give_up() noexcept = 0;

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
  bool somebody_waits() const noexcept { return waiting_ != 0 || listener_sleeps_; }
  /// Gives the lock back; wakes the node if it sleeps and `wake_node` is true; lets one of those who wait
  /// outside look again if `call_next` is true. One at a time: a crowd would mostly wake in vain.
  void leave(held_lock& lock, bool wake_node, bool call_next);

  mutable std::mutex mutex_;
  /// The node has nothing to do until somebody wakes it.
  bool asleep_ = false;
  /// The outside has closed its end, or the flow is over.
  bool closed_ = false;
  bool over_ = false;
  /// Whoever listens has nothing to do until it is called.
  bool listener_sleeps_ = false;

private:
  std::size_t end_locked(held_lock& lock) noexcept;
  void call_listener();

  const std::string name_;
  const std::size_t capacity_;
  std::condition_variable changed_;
  std::size_t waiting_ = 0;
  /// One of those who wait was told to look, and has not yet.
  bool called_ = false;
  bool attached_ = false;
  std::shared_ptr<const node_waker> waker_;
  std::function<void()> listener_;
};

} // namespace sluice
