#pragma once

#include "persistence/store/run_store.hpp"
#include "runtime/embed/run_runtime.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace sluice {

/// How many runs there are in each status, for those who ask again and again. A count looks at every run, so
/// however often somebody asks it takes at most a hundredth of the reader's time. Any thread.
class run_census {
public:
  using clock_type = std::chrono::steady_clock;
  /// `run_runtime::read_async`.
  using reading = std::function<void(run_runtime::store_work, run_runtime::work_ending)>;

  explicit run_census(reading read, std::function<clock_type::time_point()> clock = clock_type::now);

  /// Returns the last count, a new one when that is old enough and the store answers within a quarter of a
  /// second, for which it waits. Nothing before the first, and while the store cannot be read.
  std::optional<run_counts> counts();

private:
  struct state;
  void ask();

  reading read_;
  std::function<clock_type::time_point()> clock_;
  /// Outlives this while the store has yet to answer.
  std::shared_ptr<state> state_;
};

} // namespace sluice
