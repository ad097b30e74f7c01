#pragma once

#include "model/base/uuid.hpp"
#include "runtime/server/flow_keeper.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
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

  /// Adds flow `id`, which `begin` starts and returns. That may take its time: the book is open to others
  /// meanwhile, but does not show the flow. The end of a flow may come before it is entered: then what is
  /// returned has it. `threads`: of its own. Throws `error("draining")` when the book takes no more, and
  /// `error("too_many_flows")` when it would have too many threads.
  kept_flow add(const uuid& id, std::size_t threads, const std::function<kept_flow()>& begin);
  /// Notes that flow `id` has ended; returns it, or nothing for one that is not here (yet).
  std::optional<kept_flow> note_end(const uuid& id, const flow_summary& summary, utc_time now);

  std::vector<kept_flow> newest_first() const;
  std::vector<kept_flow> running() const;
  std::optional<kept_flow> find(const uuid& id) const;

  /// Nothing is added any more, but for what is being started: `late` is called with each of those, on the
  /// thread that starts it, unless it has ended by then.
  void close(std::function<void(const kept_flow&)> late);
  /// Waits at most `time` for all to end; returns whether they have.
  bool wait_for_all(std::chrono::nanoseconds time) const;

private:
  struct entry {
    kept_flow flow;
    std::size_t threads;
  };

  /// How a flow ended that is still being started.
  struct early_end {
    utc_time at;
    std::shared_ptr<const flow_summary> summary;
  };

  void reserve(const uuid& id, std::size_t threads);
  /// `begin` has thrown.
  void give_up(const uuid& id, std::size_t threads);
  kept_flow enter(kept_flow begun, std::size_t threads);
  /// Moves the ended flows that are one too many into `out`, so that they go without the lock.
  void forget(std::vector<entry>& out);

  const std::size_t ended_kept_;
  const std::size_t threads_limit_;
  mutable std::mutex mutex_;
  mutable std::condition_variable ended_;
  std::vector<entry> entries_;
  /// Those that are being started, and how they ended, if they have.
  std::map<uuid, std::optional<early_end>> starting_;
  std::size_t threads_ = 0;
  bool closed_ = false;
  std::function<void(const kept_flow&)> late_;
};

} // namespace sluice
