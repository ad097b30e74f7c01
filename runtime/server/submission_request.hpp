#pragma once

#include "model/config/finding.hpp"
#include "model/run/submission.hpp"
#include "runtime/http/http_message.hpp"
#include "runtime/server/server_context.hpp"

#include <optional>

namespace sluice {

/// A submission, or everything that is wrong with it.
struct submission_request {
  std::optional<run_submission> submission;
  findings found;
};

/// Reads the body of `POST /api/v1/runs`. Throws `error` for a body that is no JSON object, and
/// `error("forbidden_kind")` for steps that this caller may not have run.
submission_request read_submission_request(const http_request& request, const server_context& context);

/// Throws `error("forbidden_kind")` when a step of the graph reaches out of the process: starts programs,
/// opens files or calls servers.
void refuse_reaching_kinds(const step_graph& graph);

} // namespace sluice
