#include "persistence/operations/retry_run.hpp"

#include "model/base/error.hpp"
#include "model/base/fault_point.hpp"
#include "model/run/run_command.hpp"
#include "model/run/step_graph_reader.hpp"
#include "persistence/operations/require_run.hpp"

#include <fmt/format.h>

namespace sluice {

namespace {

run_submission submission_like(store& in, const run_row& row) {
  const auto body = require_body(in, row.id);
  run_submission submission;
  submission.env = row.env;
  submission.lane = row.lane;
  submission.mode = row.mode;
  submission.job_type = row.job_type;
  submission.graph = load_step_graph(body.run_graph);
  submission.params = load_params(body, row.id);
  submission.retry_of = row.id;
  submission.priority = row.priority;
  return submission;
}

} // namespace

created_run retry_run(store& in, const uuid& run, const uuid& id, const std::string& by, utc_time now) {
  const auto row = require_run(in, run);
  if (!may_be_retried(row.status))
    throw error("invalid_transition",
                fmt::format("run {} is {} and cannot be retried: wait for its end, or cancel it",
                            to_string(run), to_string(row.status)));
  auto submission = submission_like(in, row);
  submission.requested_by = by;
  const auto created = create_run(in, submission, id, now);
  in.audit().append(
      {0, now, by, "run.retry", to_string(run), fmt::format(R"({{"retry": "{}"}})", to_string(id))});
  fault_point("retry.written");
  return created;
}

} // namespace sluice
