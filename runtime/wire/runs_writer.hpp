#pragma once

#include "model/run/run_command.hpp"
#include "model/run/submission.hpp"
#include "model/run/tick_rules.hpp"
#include "persistence/store/lane_queue.hpp"
#include "runtime/wire/lane_change.hpp"

#include <string>

namespace sluice {

/// Each returns the body of a request to a server, one JSON object; what is as it is by default is left out,
/// so that the server's defaults hold.

/// `POST /api/v1/runs`: the submission with `graph` as somebody wrote it, and without the id that the store
/// makes. `requested_by` is left out when it is empty: the server knows who asks.
std::string submission_json(const run_submission& submission, const json& graph);
/// `POST /api/v1/runs/RUN/commands`.
std::string command_json(run_command command, const std::string& reason);
/// `POST /api/v1/runs/tick`.
std::string lane_queue_json(const lane_queue& lane);
/// `PUT /api/v1/lanes/ENV/LANE`: only what is to change; null takes a cap away.
std::string lane_change_json(const lane_change& change);

} // namespace sluice
