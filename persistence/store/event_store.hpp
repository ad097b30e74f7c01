#pragma once

#include "model/run/run_event.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sluice {

/// The table `run_events`: appended to, never changed; gone with their run. All calls are inside a
/// transaction of the `store`.
class event_store {
public:
  /// Appends the events, whose `seq` follow on the run's last, and sets their ids: greater than all before.
  /// Throws `error("sequence_gap")` when a number does not follow.
  virtual void append(std::vector<run_event>& events) = 0;
  /// Returns events of all runs with an id above `since`, by id.
  virtual std::vector<run_event> since(std::int64_t since, std::size_t limit) = 0;
  /// Returns events of one run with a number above `since_seq`, in order.
  virtual std::vector<run_event> of_run(const uuid& run, std::uint64_t since_seq, std::size_t limit) = 0;
  /// Returns the id of the newest event there ever was, 0 when there was none: where those begin that are
  /// still to come.
  virtual std::int64_t last_id() = 0;
  /// Removes the oldest events of a run, at most `limit`, and returns how many these were.
  virtual std::size_t erase(const uuid& run, std::size_t limit) = 0;
  /// Returns the id of the newest event that was removed, 0 when none was: who stands before it and goes on
  /// from there may miss some.
  virtual std::int64_t removed_through() = 0;

protected:
  ~event_store() = default;
};

} // namespace sluice
