#pragma once

#include "runtime/embed/run_runtime.hpp"

#include <string>

namespace sluice {

/// Each returns one JSON object on one line, without a line feed. Members are named as the columns of
/// docs/schema.md; what there is none of is null.

std::string run_json(const run_row& run);
/// The run with `run_graph`, `params`, `steps`, `commands` and `lease`.
std::string run_view_json(const run_view& view);
std::string event_json(const run_event& event);
std::string created_json(const created_run& created);
/// The answer to a command: `id`, `status`, `changed`.
std::string answer_json(const uuid& run, const command_answer& answer);
std::string tick_json(const tick_report& report);
std::string worker_json(const worker_report& report);
std::string lane_json(const lane_row& lane);

} // namespace sluice
