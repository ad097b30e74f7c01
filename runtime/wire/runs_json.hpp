#pragma once

#include "persistence/store/audit_store.hpp"
#include "persistence/store/lease_store.hpp"
#include "runtime/embed/run_runtime.hpp"

#include <string>

namespace sluice {

/// Each returns one JSON object on one line, without a line feed. Members are named as the columns of
/// docs/schema.md; what there is none of is null.

std::string run_json(const run_row& run);
/// The run with `run_graph`, `params`, `steps`, `commands` and `lease`.
std::string run_view_json(const run_view& view);
/// `{"steps": […]}` and `{"commands": […]}` of the run.
std::string steps_json(const run_view& view);
std::string commands_json(const run_view& view);
std::string event_json(const run_event& event);
std::string created_json(const created_run& created);
/// The answer to a command: `id`, `status`, `changed`.
std::string answer_json(const uuid& run, const command_answer& answer);
std::string tick_json(const tick_report& report);
std::string worker_json(const worker_report& report);
std::string lane_json(const lane_row& lane);
/// `expires_in_seconds` counts from `now`; null for a lease of another boot.
std::string lease_json(const lease_row& lease, const boot_instant& now);
std::string audit_json(const audit_row& row);

} // namespace sluice
