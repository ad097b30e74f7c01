#pragma once

#include "model/base/uuid.hpp"
#include "runtime/server/flow_keeper.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

namespace sluice {

/// The flows that a keeper has begun, in that order: all that run, and the last of those that have ended. Any
/// thread.
class flow_book {
public:
  /// @param ended_kept how many that have ended are remembered.
  /// @param threads_limit threads of their own that all running flows together may have.
  flow_book(std::size_t ended_kept, std::size_t threads_limit)
      : ended_kept_(ended_kept), threads_limit_(threads_limit) {}

  /// Adds what `begin` returns, called with the book closed to others: so the end of a flow, which may come
  /// at once, finds it here. `threads`: of its own. Throws `error("draining")` when the book takes no more,
  /// and `error("too_many_flows")` when it would have too many threads.
  kept_flow add(std::size_t threads, const std::function<kept_flow()>& begin);
  /// Notes that flow `id` has ended; returns it, or nothing for one that is not here.
  std::optional<kept_flow> note_end(const uuid& id, const flow_summary& summary, utc_time now);

  std::vector<kept_flow> newest_first() const;
  std::vector<kept_flow> running() const;
  std::optional<kept_flow> find(const uuid& id) const;

  /// Nothing is added any more.
  void close();
  /// Waits at most `time` for all to end; returns whether they have.
  bool wait_for_all(std::chrono::nanoseconds time) const;

private:
  struct entry {
    kept_flow flow;
    std::size_t threads;
  };

  /// Moves the ended flows that are one too many into `out`, so that they go without the lock.
  void forget(std::vector<entry>& out);

  const std::size_t ended_kept_;
  const std::size_t threads_limit_;
  mutable std::mutex mutex_;
  mutable std::condition_variable ended_;
  std::vector<entry> entries_;
  std::size_t threads_ = 0;
  bool closed_ = false;
};

} // namespace sluice
