#include "runtime/wire/server_reader.hpp"

#include "runtime/wire/answer_fields.hpp"

#include <nlohmann/json.hpp>

namespace sluice {

namespace {

using nlohmann::ordered_json;

std::uint64_t counter(const answer_fields& fields, const char* name) {
  return fields.optional_count(name).value_or(0);
}

std::string word(const answer_fields& fields, const char* name) {
  return fields.optional_text(name).value_or("");
}

flow_node_view read_node(const ordered_json& answer) {
  const answer_fields fields(answer, "node");
  flow_node_view node;
  node.path = fields.text("path");
  node.type = word(fields, "type");
  node.status = word(fields, "status");
  node.in = counter(fields, "in");
  node.out = counter(fields, "out");
  node.errors = counter(fields, "errors");
  node.busy_seconds = fields.optional_real("busy_seconds").value_or(0);
  return node;
}

void read_worker(const ordered_json& answer, health_view& health) {
  const answer_fields fields(answer, "worker");
  health.worker_enabled = fields.flag("enabled");
  health.worker_running = fields.optional_flag("running").value_or(health.worker_enabled);
  health.worker_reason = word(fields, "reason");
  health.worker_ticks = counter(fields, "ticks");
  health.leases_held = counter(fields, "leases_held");
  if (const auto* const lanes = fields.find("lanes"))
    for (const auto& lane : *lanes)
      if (lane.is_string())
        health.worker_lanes.push_back(lane.get<std::string>());
}

} // namespace

flow_entry read_flow(const ordered_json& answer) {
  const answer_fields fields(answer, "flow");
  flow_entry flow;
  flow.id = fields.id("id");
  flow.name = fields.text("name");
  flow.status = fields.text("status");
  flow.by = word(fields, "by");
  flow.started_at = fields.time("started_at");
  flow.ended_at = fields.optional_time("ended_at");
  return flow;
}

flow_edge_view read_flow_edge(const ordered_json& answer) {
  const answer_fields fields(answer, "edge");
  flow_edge_view edge;
  edge.id = fields.text("id");
  edge.policy = word(fields, "policy");
  edge.band = word(fields, "band");
  edge.capacity = counter(fields, "capacity");
  edge.depth = counter(fields, "depth");
  edge.in = counter(fields, "in");
  edge.out = counter(fields, "out");
  edge.dropped = counter(fields, "dropped");
  edge.refused = counter(fields, "refused");
  edge.replaced = counter(fields, "replaced");
  edge.coalesced = counter(fields, "coalesced");
  edge.evicted = counter(fields, "evicted");
  edge.discarded = counter(fields, "discarded");
  edge.blocked_seconds = fields.optional_real("blocked_seconds").value_or(0);
  return edge;
}

flow_view read_flow_view(const ordered_json& answer) {
  flow_view view;
  view.flow = read_flow(answer);
  const answer_fields fields(answer, "flow");
  for (const auto& node : fields.list("nodes"))
    view.nodes.push_back(read_node(node));
  for (const auto& edge : fields.list("edges"))
    view.edges.push_back(read_flow_edge(edge));
  if (const auto* const summary = fields.find("summary")) {
    const answer_fields end(*summary, "summary");
    view.outcome = word(end, "outcome");
    view.reason = word(end, "reason");
  }
  return view;
}

lease_view read_lease(const ordered_json& answer) {
  const answer_fields fields(answer, "lease");
  lease_view lease;
  lease.run = fields.id("run");
  lease.token = fields.count("token");
  lease.owner = word(fields, "owner");
  lease.expires_in_seconds = fields.optional_real("expires_in_seconds");
  lease.live = fields.flag("live");
  return lease;
}

audit_view read_audit(const ordered_json& answer) {
  const answer_fields fields(answer, "audit");
  audit_view row;
  row.id = fields.number("id");
  row.at = fields.time("at");
  row.actor = word(fields, "actor");
  row.action = fields.text("action");
  row.subject = word(fields, "subject");
  if (const auto* const detail = fields.find("detail"))
    row.detail = detail->dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  return row;
}

health_view read_health(const ordered_json& answer) {
  const answer_fields fields(answer, "health");
  health_view health;
  health.version = word(fields, "version");
  health.uptime_seconds = fields.optional_real("uptime_seconds").value_or(0);
  health.ready = fields.flag("ready");
  health.draining = fields.optional_flag("draining").value_or(false);
  health.store = fields.optional_text("store").value_or("ok");
  if (const auto* const runs = fields.find("runs")) {
    const answer_fields counts(*runs, "runs");
    for (const auto& each : runs->items())
      health.runs.emplace_back(each.key(), counts.count(each.key().c_str()));
  }
  if (const auto* const worker = fields.find("worker"))
    read_worker(*worker, health);
  return health;
}

} // namespace sluice
