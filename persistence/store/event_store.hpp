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
  /// Returns the id of the newest event, 0 when there is none: where those begin that are still to come.
  virtual std::int64_t last_id() = 0;
  /// Removes the events of a run and returns how many there were.
  virtual std::size_t erase(const uuid& run) = 0;

protected:
  ~event_store() = default;
};

} // namespace sluice
