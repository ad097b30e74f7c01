#include "runtime/wire/flows_json.hpp"

#include "runtime/wire/json_dump.hpp"

#include <nlohmann/json.hpp>

namespace sluice {

namespace {

using document = nlohmann::ordered_json;

double seconds(std::uint64_t nanoseconds) {
  return static_cast<double>(nanoseconds) / 1e9;
}

document describe(const flow_facts& flow) {
  return {{"id", to_string(flow.id)},
          {"name", flow.name},
          {"status", to_string(flow.status)},
          {"by", flow.by},
          {"started_at", to_string(flow.started_at)},
          {"ended_at", flow.ended_at ? document(to_string(*flow.ended_at)) : document()}};
}

document describe(const node_snapshot& node) {
  const auto& now = node.counters;
  return {{"path", node.id},
          {"type", node.type},
          {"status", to_string(node.status)},
          {"in", now.in},
          {"out", now.out},
          {"errors", now.errors},
          {"held", now.held},
          {"outbox", now.outbox},
          {"discarded", now.discarded},
          {"unrouted", now.unrouted},
          {"control", now.control},
          {"restarts", now.restarts},
          {"stalls", now.stalls},
          {"ticks", now.ticks},
          {"busy_seconds", seconds(now.busy_ns)}};
}

document describe(const edge_snapshot& edge) {
  const auto& now = edge.counters;
  return {{"id", edge.id},
          {"from", edge.from},
          {"to", edge.to},
          {"policy", to_string(edge.policy)},
          {"capacity", now.capacity},
          {"band", to_string(edge.band)},
          {"depth", now.depth},
          {"in", now.offered},
          {"accepted", now.accepted},
          {"out", now.delivered},
          {"dropped", now.dropped},
          {"refused", now.refused()},
          {"replaced", now.replaced},
          {"coalesced", now.coalesced},
          {"evicted", now.evicted},
          {"discarded", now.discarded},
          {"control", now.control},
          {"blocked_seconds", seconds(now.blocked_ns)}};
}

document describe(const flow_summary& summary) {
  return {{"outcome", to_string(summary.outcome)},
          {"reason", summary.reason.empty() ? document() : document(summary.reason)},
          {"deadline_exceeded", summary.deadline_exceeded},
          {"discarded", summary.discarded},
          {"stuck", summary.stuck},
          {"duration_seconds", seconds(summary.duration_ns)}};
}

template <class Item>
document list_of(const std::vector<Item>& items) {
  auto list = document::array();
  for (const auto& each : items)
    list.push_back(describe(each));
  return list;
}

} // namespace

std::string flows_json(const std::vector<flow_facts>& flows) {
  return dump({{"flows", list_of(flows)}});
}

std::string flow_view_json(const flow_facts& flow, const flow_snapshot& now, const flow_summary* summary) {
  auto view = describe(flow);
  view["nodes"] = list_of(now.nodes);
  view["edges"] = list_of(now.edges);
  view["summary"] = summary != nullptr ? describe(*summary) : document();
  return dump(view);
}

std::string flow_status_json(const flow_facts& flow) {
  return dump({{"id", to_string(flow.id)}, {"name", flow.name}, {"status", to_string(flow.status)}});
}

std::string edge_json(const edge_snapshot& edge) {
  return dump(describe(edge));
}

} // namespace sluice
