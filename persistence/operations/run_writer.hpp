#pragma once

#include "model/run/run_event_makers.hpp"
#include "persistence/store/store.hpp"

#include <optional>
#include <vector>

namespace sluice {

/// Collects what one transaction does to one run and writes it: lease and row once, with the next version if
/// more than events were added, and the events with the run's next numbers, each status with its one event.
class run_writer {
public:
  run_writer(store& in, run_row row, utc_time now) : store_(&in), row_(std::move(row)), now_(now) {}

  const run_row& row() const noexcept { return row_; }

  /// Throws `error("invalid_transition")` when the status may not follow.
  void enter(run_status status, const status_note& note = {});
  void add(run_event_draft event) { events_.push_back(std::move(event)); }
  void put_step(const step_row& step);
  void set_available_at(utc_time moment);
  /// Marks the attempts under way as lost.
  void lose_attempts();
  /// The run was resumed from an end: unfinished steps get a fresh budget.
  void renew_budgets();
  /// The lease, and with it whether the run is owned.
  void put_lease(const lease_record& lease);

  /// Writes lease, row and events and returns the row as it stands now. Throws `error("version_conflict")`
  /// when another writer was first.
  run_row write();
  /// True when the run has entered `cancelling`, so that its children are to be cancelled.
  bool cascades() const noexcept { return cascades_; }

private:
  store* store_;
  run_row row_;
  utc_time now_;
  std::vector<run_event_draft> events_;
  std::optional<lease_record> lease_;
  bool changed_ = false;
  bool cascades_ = false;
};

} // namespace sluice
