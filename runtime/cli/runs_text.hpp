#pragma once

#include "runtime/embed/run_runtime.hpp"

#include <string>
#include <vector>

namespace sluice {

/// Each returns text for a person, in which every line ends with a line feed, lines are never wrapped, and
/// what users and commands wrote is made harmless (`one_line`). Times are UTC.

/// A table of runs, in the given order.
std::string runs_table(const std::vector<run_row>& runs);
/// Everything about a run: fields, steps, commands.
std::string run_text(const run_view& view);
/// One line: time, number (or, of events of all runs, id and run), kind and payload.
std::string event_line(const run_event& event, bool of_all_runs);
std::string lanes_table(const std::vector<lane_row>& lanes);
/// `3 ticks: 1 succeeded, 0 failed, …; idle_no_runs`.
std::string worker_line(const worker_report& report);

} // namespace sluice
