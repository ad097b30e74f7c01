#pragma once

#include "runtime/embed/run_runtime.hpp"

#include <nlohmann/json_fwd.hpp>

namespace sluice {

/// Each reads what its namesake of runs_json.hpp writes, and throws `error("bad_answer")` that names the
/// member for anything else. Members that are not known are left alone. What the JSON does not have stays as
/// it is by default: `body_digest` of a run, `expires` of its lease.

run_row read_run(const nlohmann::ordered_json& answer);
/// The run with `run_graph`, `params`, `steps`, `commands` and `lease`.
run_view read_run_view(const nlohmann::ordered_json& answer);
run_event read_event(const nlohmann::ordered_json& answer);
/// False for an event of a kind that only a newer server knows, which `read_event` would refuse.
bool is_known_event(const nlohmann::ordered_json& answer);
created_run read_created(const nlohmann::ordered_json& answer);
command_answer read_command_answer(const nlohmann::ordered_json& answer);
tick_report read_tick(const nlohmann::ordered_json& answer);
lane_row read_lane(const nlohmann::ordered_json& answer);

} // namespace sluice
