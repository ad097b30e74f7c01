#pragma once

#include "model/config/finding.hpp"
#include "model/run/step_catalog.hpp"
#include "model/run/submission.hpp"
#include "runtime/http/http_message.hpp"

#include <optional>

namespace sluice {

/// A submission, or everything that is wrong with it.
struct submission_request {
  std::optional<run_submission> submission;
  findings found;
};

/// Reads the body of `POST /api/v1/runs`. Throws `error` for a body that is no JSON object, and, unless
/// `may_reach`, as `refuse_reaching_steps`.
submission_request read_submission_request(const http_request& request, const step_catalog& kinds,
                                           bool may_reach);

/// Throws `error("forbidden_kind")` when a step of the graph reaches out of the process (`step_reach`), or is
/// of a kind that is not known here and may.
void refuse_reaching_steps(const step_graph& graph, const step_catalog& kinds);

} // namespace sluice
