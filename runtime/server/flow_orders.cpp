#include "runtime/server/flow_orders.hpp"

#include "model/base/error.hpp"
#include "model/config/quantity.hpp"
#include "runtime/server/api_answers.hpp"
#include "runtime/server/api_request.hpp"
#include "runtime/server/body_reader.hpp"
#include "runtime/server/flow_facts.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace sluice {

namespace {

using nlohmann::ordered_json;

std::string dump(const ordered_json& value) {
  return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

kept_flow require_running(const flow_keeper& keeper, const http_request& request) {
  auto found = require_flow(keeper, request);
  if (found.summary)
    throw error("flow_ended", fmt::format("the flow '{}' has {}; it takes no orders", found.name,
                                          to_string(found.summary->outcome)));
  return found;
}

bool has_ended(flow_status status) {
  return status == flow_status::finished || status == flow_status::failed || status == flow_status::aborted;
}

http_response status_answer(const kept_flow& flow, unsigned status) {
  return json_response(flow_status_json(facts_of(flow)), status);
}

/// The answer to an order that a flow which drains or has ended cannot follow any more.
http_response followed_or_not(const kept_flow& flow, std::string_view order) {
  const auto status = flow.status();
  if (has_ended(status))
    return error_answer("flow_ended",
                        fmt::format("the flow '{}' has {} meanwhile", flow.name, to_string(status)));
  if (status == flow_status::draining)
    return error_answer("invalid_transition",
                        fmt::format("the flow '{}' is draining; it cannot {} any more", flow.name, order));
  return status_answer(flow, 200);
}

void stop(const flow_keeper& keeper, const server_context& context, const http_request& request,
          const http_reply& reply) {
  const body_reader body(require_json(request), {"drain_timeout"});
  const auto given = body.text("drain_timeout");
  const auto timeout = given ? parse_duration(*given) : std::nullopt;
  if (given && !timeout)
    throw error("bad_value", fmt::format("drain_timeout: expected a duration such as 5s, found '{}'",
                                         given->substr(0, 80)));
  const auto flow = require_running(keeper, request);
  const auto act = [flow, timeout](const http_reply& answered) {
    flow.handle.stop(timeout, [flow, answered] { answered(status_answer(flow, 202)); });
  };
  act_audited(context, request, "flow.stop", to_string(flow.id),
              dump({{"drain_timeout", given ? ordered_json(*given) : ordered_json()}}), reply, act);
}

void pause(const flow_keeper& keeper, const server_context& context, const http_request& request,
           const http_reply& reply) {
  const body_reader none(require_json(request), {});
  const auto flow = require_running(keeper, request);
  const auto act = [flow](const http_reply& answered) {
    flow.handle.pause([flow, answered] { answered(followed_or_not(flow, "pause")); });
  };
  act_audited(context, request, "flow.pause", to_string(flow.id), "{}", reply, act);
}

void resume(const flow_keeper& keeper, const server_context& context, const http_request& request,
            const http_reply& reply) {
  const body_reader none(require_json(request), {});
  const auto flow = require_running(keeper, request);
  const auto act = [flow](const http_reply& answered) {
    flow.handle.resume([flow, answered] { answered(followed_or_not(flow, "resume")); });
  };
  act_audited(context, request, "flow.resume", to_string(flow.id), "{}", reply, act);
}

/// Names only: values may be secrets.
ordered_json member_names(const json& payload) {
  auto names = ordered_json::array();
  for (const auto& [name, unused] : payload.value().items())
    names.push_back(name);
  return names;
}

void control(const flow_keeper& keeper, const server_context& context, const http_request& request,
             const http_reply& reply) {
  const auto payload = require_json(request);
  const auto flow = require_running(keeper, request);
  const auto node = request.path_value("node");
  (void)require_node(flow.handle.plan(), node);
  const auto act = [flow, node, payload](const http_reply& answered) {
    if (flow.handle.send_control(node, message(payload, message_kind::control)))
      return answered(json_response(R"({"taken":true})", 202));
    if (has_ended(flow.status()))
      return answered(followed_or_not(flow, "be controlled"));
    answered(
        error_answer("control_full",
                     fmt::format("the node '{}' has ended, or as many control messages as it has places for "
                                 "wait there; try again",
                                 node)));
  };
  act_audited(context, request, "flow.control", to_string(flow.id),
              dump({{"node", node}, {"members", member_names(payload)}}), reply, act);
}

edge_change read_change(const http_request& request) {
  const body_reader body(require_json(request), {"capacity", "priority"});
  edge_change change;
  if (const auto capacity =
          body.integer("capacity", 1, static_cast<std::int64_t>(defaults::edge_capacity_limit)))
    change.capacity = static_cast<std::size_t>(*capacity);
  if (const auto priority = body.text("priority")) {
    change.band = parse_band(*priority);
    if (!change.band)
      throw error("bad_value", fmt::format("priority: expected one of {}, found '{}'",
                                           fmt::join(band_names(), ", "), priority->substr(0, 80)));
  }
  check_change(change);
  return change;
}

ordered_json describe(std::optional<std::size_t> capacity, std::optional<priority_band> band) {
  auto described = ordered_json::object();
  if (capacity)
    described["capacity"] = *capacity;
  if (band)
    described["priority"] = to_string(*band);
  return described;
}

void change(const flow_keeper& keeper, const server_context& context, const http_request& request,
            const http_reply& reply) {
  const auto wanted = read_change(request);
  const auto flow = require_running(keeper, request);
  const auto edge = request.path_value("edge");
  const auto before = flow.handle.snapshot_of_edge(edge);
  const auto act = [flow, edge, wanted](const http_reply& answered) {
    flow.handle.change_edge(edge, wanted, [flow, edge, answered] {
      answered(has_ended(flow.status()) ? followed_or_not(flow, "change")
                                        : json_response(edge_json(flow.handle.snapshot_of_edge(edge))));
    });
  };
  act_audited(context, request, "flow.edge", to_string(flow.id),
              dump({{"edge", edge},
                    {"to", describe(wanted.capacity, wanted.band)},
                    {"from", describe(before.counters.capacity, before.band)}}),
              reply, act);
}

/// The code of an error's envelope.
std::string code_of(const http_response& refused) {
  const auto envelope = ordered_json::parse(refused.body, nullptr, false);
  if (envelope.is_object() && envelope.contains("error") && envelope["error"].is_object())
    return envelope["error"].value("code", std::string());
  return {};
}

/// A reply that lets a refusal wait for its row. One that cannot be written keeps no answer back.
http_reply note_refusals(const server_context& context, const http_request& request,
                         const std::string& action, const std::string& subject, const http_reply& reply) {
  http_request who;
  who.who = request.who;
  return [&context, who, action, subject, reply](http_response answer) {
    if (answer.status < 400)
      return reply(std::move(answer));
    auto detail = dump({{"refused", code_of(answer)}, {"status", answer.status}});
    append_audit(context, who, action, subject, std::move(detail),
                 [reply, answer = std::move(answer)](const std::exception_ptr&) { reply(answer); });
  };
}

} // namespace

kept_flow require_flow(const flow_keeper& keeper, const http_request& request) {
  const auto id = require_id(request, "flow");
  auto found = keeper.find(id);
  if (!found)
    throw error("not_found", fmt::format("there is no flow '{}' here; of those that have ended only the last "
                                         "hundred are kept",
                                         to_string(id)));
  return *std::move(found);
}

void act_audited(const server_context& context, const http_request& request, std::string action,
                 std::string subject, std::string detail, const http_reply& reply, audited_act act) {
  const auto noting = note_refusals(context, request, action, subject, reply);
  append_audit(context, request, std::move(action), std::move(subject), std::move(detail),
               [reply, noting, act = std::move(act)](const std::exception_ptr& failure) {
                 if (failure)
                   return reply(error_answer(failure));
                 answer_guarded(noting, [&] { act(noting); });
               });
}

endpoints flow_orders(flow_keeper& keeper, server_context& context) {
  const auto with = [&keeper, &context](auto* handler) -> http_handler {
    return [&keeper, &context, handler](const http_request& request, const http_reply& reply) {
      handler(keeper, context, request, reply);
    };
  };
  return {
      {"POST", "/api/v1/flows/{flow}/stop", access_role::admin, with(stop)},
      {"POST", "/api/v1/flows/{flow}/pause", access_role::admin, with(pause)},
      {"POST", "/api/v1/flows/{flow}/resume", access_role::admin, with(resume)},
      {"POST", "/api/v1/flows/{flow}/nodes/{node}/control", access_role::admin, with(control)},
      {"PATCH", "/api/v1/flows/{flow}/edges/{edge}", access_role::admin, with(change)},
  };
}

} // namespace sluice
