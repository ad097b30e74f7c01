#include "runtime/server/flow_endpoints.hpp"

#include "model/base/error.hpp"
#include "model/base/sha256.hpp"
#include "runtime/server/api_answers.hpp"
#include "runtime/server/api_request.hpp"
#include "runtime/server/body_reader.hpp"
#include "runtime/server/flow_facts.hpp"
#include "runtime/server/flow_orders.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace sluice {

namespace {

using nlohmann::ordered_json;

void list(const flow_keeper& keeper, const http_request& request, const http_reply& reply) {
  query_reader(request.query).refuse_unknown();
  std::vector<flow_facts> all;
  for (const auto& each : keeper.list())
    all.push_back(facts_of(each));
  reply(json_response(flows_json(all)));
}

void show(const flow_keeper& keeper, const http_request& request, const http_reply& reply) {
  query_reader(request.query).refuse_unknown();
  const auto found = require_flow(keeper, request);
  reply(json_response(flow_view_json(facts_of(found), found.snapshot(), found.summary.get())));
}

flow_submission read_submission(const http_request& request, const server_context& context) {
  const body_reader body(require_json(request), {"name", "graph"});
  flow_submission submission;
  submission.name = body.text("name").value_or("");
  auto graph = body.text("graph");
  if (!graph)
    throw error("bad_value", "graph: expected the YAML text of a graph; it is missing");
  submission.yaml = *std::move(graph);
  submission.allow_execution = context.access->may_execute(request.who);
  return submission;
}

/// What was asked for, without the graph itself: it may hold secrets.
std::string audit_detail(const flow_submission& submission, const flow_plan& plan) {
  const ordered_json detail{{"name", plan.name()},
                            {"nodes", plan.nodes().size()},
                            {"edges", plan.edges().size()},
                            {"graph_sha256", sha256_hex(submission.yaml)}};
  return detail.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

void start(flow_keeper& keeper, const server_context& context, const http_request& request,
           const http_reply& reply) {
  if (context.draining)
    throw error("draining", "the server is going down: no flow is started any more");
  const auto submission = read_submission(request, context);
  const auto admitted = keeper.check(submission);
  if (!admitted.plan)
    return reply(findings_answer("invalid_graph", "the graph cannot run", admitted.found));
  const auto id = keeper.new_id();
  const auto begin = [&keeper, &context, id, plan = admitted.plan,
                      by = request.who.name](const http_reply& answered) {
    // Not here, on the store's thread: nodes may open files and whatever else they need.
    const bool taken = context.flow_starts->add([&keeper, id, plan, by, answered] {
      answer_guarded(answered, [&] {
        const auto started = keeper.start_checked(plan, id, by);
        auto answer = json_response(flow_status_json(facts_of(started)), 201);
        answer.fields.emplace_back("Location", "/api/v1/flows/" + to_string(id));
        answered(std::move(answer));
      });
    });
    if (!taken)
      throw error("too_many_flows", "too many flows wait to be started; try again later");
  };
  act_audited(context, request, "flow.start", to_string(id), audit_detail(submission, *admitted.plan), reply,
              begin);
}

} // namespace

endpoints flow_endpoints(flow_keeper& keeper, server_context& context) {
  endpoints all{
      // The larger ones take more than the network thread has.
      {"GET", "/api/v1/flows", access_role::read,
       [&keeper](const http_request& request, const http_reply& reply) { list(keeper, request, reply); },
       endpoint_pace::working},
      {"GET", "/api/v1/flows/{flow}", access_role::read,
       [&keeper](const http_request& request, const http_reply& reply) { show(keeper, request, reply); },
       endpoint_pace::working},
      {"POST", "/api/v1/flows", access_role::admin,
       [&keeper, &context](const http_request& request, const http_reply& reply) {
         start(keeper, context, request, reply);
       },
       endpoint_pace::working},
  };
  for (auto& each : flow_orders(keeper, context))
    all.push_back(std::move(each));
  return all;
}

} // namespace sluice
