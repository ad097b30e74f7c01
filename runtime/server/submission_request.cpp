#include "runtime/server/submission_request.hpp"

#include "model/base/error.hpp"
#include "model/run/step_graph_reader.hpp"
#include "runtime/server/api_request.hpp"
#include "runtime/server/body_reader.hpp"

#include <fmt/format.h>

#include <limits>
#include <utility>

namespace sluice {

namespace {

constexpr const char* graph_member = "run_graph";

void report(findings& out, const char* path, std::string text) {
  out.push_back({finding::level::error, finding_code::bad_value, path, std::move(text), {}});
}

std::optional<uuid> read_parent(const body_reader& body, findings& out) {
  const auto text = body.text("parent_run_id");
  if (!text)
    return std::nullopt;
  auto id = parse_uuid(*text);
  if (!id)
    report(out, "parent_run_id", fmt::format("'{}' is no id of a run", text->substr(0, 80)));
  return id;
}

std::optional<utc_time> read_moment(const body_reader& body, findings& out) {
  const auto text = body.text("available_at");
  if (!text)
    return std::nullopt;
  const auto moment = parse_utc_time(*text);
  if (!moment)
    report(out, "available_at",
           fmt::format("'{}' is no moment in UTC such as 2026-11-21T08:17:05.123Z", text->substr(0, 80)));
  return moment;
}

run_submission read_fields(const body_reader& body, const http_request& request, findings& out) {
  run_submission submission;
  submission.env = body.text("env").value_or("default");
  submission.lane = body.text("lane").value_or("default");
  submission.mode = body.text("mode").value_or("");
  submission.job_type = body.text("job_type").value_or("");
  submission.requested_by = body.text("requested_by").value_or(request.who.name);
  submission.params = body.document("params").value_or(json());
  submission.priority =
      static_cast<std::int32_t>(body.integer("priority", std::numeric_limits<std::int32_t>::min(),
                                             std::numeric_limits<std::int32_t>::max())
                                    .value_or(0));
  submission.idempotency_key = body.text("idempotency_key");
  submission.parent_run_id = read_parent(body, out);
  submission.available_at = read_moment(body, out);
  return submission;
}

} // namespace

void refuse_reaching_steps(const step_graph& graph, const step_catalog& kinds) {
  for (const auto& step : graph.steps) {
    const auto* const kind = kinds.find(step.kind);
    if (kind == nullptr || kind->reach != step_reach::nothing)
      throw error(
          "forbidden_kind",
          fmt::format("step '{}' is of kind '{}', which may start programs, open files or call servers: "
                      "that needs a token, or security.allow_unauthenticated_exec: true",
                      step.id, step.kind));
  }
}

submission_request read_submission_request(const http_request& request, const step_catalog& kinds,
                                           bool may_reach) {
  const body_reader body(require_json(request),
                         {"env", "lane", "mode", "job_type", "requested_by", graph_member, "params",
                          "priority", "available_at", "idempotency_key", "parent_run_id"});
  submission_request result;
  auto submission = read_fields(body, request, result.found);
  check_submission(submission, result.found);
  const auto document = body.document(graph_member);
  if (!document) {
    report(result.found, graph_member,
           R"(expected a graph such as {"version": 1, "steps": {"a": {"kind": "noop"}}})");
    return result;
  }
  auto graph = read_step_graph(*document, graph_member, kinds, result.found);
  if (!graph || has_errors(result.found))
    return result;
  if (!may_reach)
    refuse_reaching_steps(*graph, kinds);
  submission.graph = *std::move(graph);
  result.submission = std::move(submission);
  return result;
}

} // namespace sluice
