#include "runtime/cli/top_state.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace sluice {

namespace {

const flow_view* find_flow(const top_look& look, const uuid& id) {
  const auto found = std::find_if(look.flows.begin(), look.flows.end(),
                                  [&](const flow_view& each) { return each.flow.id == id; });
  return found == look.flows.end() ? nullptr : &*found;
}

const flow_edge_view* find_edge(const flow_view* flow, const std::string& id) {
  if (flow == nullptr)
    return nullptr;
  const auto found = std::find_if(flow->edges.begin(), flow->edges.end(),
                                  [&](const flow_edge_view& each) { return each.id == id; });
  return found == flow->edges.end() ? nullptr : &*found;
}

std::optional<double> rate_of(std::uint64_t now, std::uint64_t before, double seconds) {
  if (now < before || seconds <= 0)
    return std::nullopt;
  return static_cast<double>(now - before) / seconds;
}

top_edge describe(const std::string& flow, const flow_edge_view& now, const flow_edge_view* before,
                  double seconds) {
  top_edge edge{flow, now.id, now.policy};
  edge.lost = now.lost();
  if (now.capacity > 0)
    edge.fill = std::min(1.0, static_cast<double>(now.depth) / static_cast<double>(now.capacity));
  if (before == nullptr)
    return edge;
  edge.rate = rate_of(now.in, before->in, seconds);
  edge.lost_rate = rate_of(now.lost(), before->lost(), seconds);
  if (seconds > 0)
    edge.blocked = std::clamp((now.blocked_seconds - before->blocked_seconds) / seconds, 0.0, 1.0);
  return edge;
}

/// What hurts more comes first; of equals the busier one, then by name, so that rows do not jump.
bool hurts_more(const top_edge& a, const top_edge& b) {
  const auto key = [](const top_edge& edge) {
    return std::make_tuple(-edge.lost_rate.value_or(0), -edge.blocked, -edge.fill);
  };
  return key(a) != key(b) ? key(a) < key(b)
                          : std::make_tuple(-a.rate.value_or(0), std::cref(a.flow), std::cref(a.edge)) <
                                std::make_tuple(-b.rate.value_or(0), std::cref(b.flow), std::cref(b.edge));
}

bool ends_sooner(const lease_view& a, const lease_view& b) {
  const auto key = [](const lease_view& lease) {
    return std::make_tuple(lease.live, lease.expires_in_seconds.value_or(std::numeric_limits<double>::max()),
                           lease.run.bytes);
  };
  return key(a) < key(b);
}

} // namespace

top_state make_top_state(const std::string& url, const top_look& now, const top_look* before) {
  top_state state;
  state.url = url;
  state.seen = true;
  state.wall = now.wall;
  state.health = now.health;
  state.flows_left_out = now.flows_left_out;
  state.leases = now.leases;
  state.more_leases = now.more_leases;
  const double seconds = before != nullptr ? std::chrono::duration<double>(now.at - before->at).count() : 0.0;
  for (const auto& view : now.flows) {
    const auto* const earlier = before != nullptr ? find_flow(*before, view.flow.id) : nullptr;
    top_flow flow{to_string(view.flow.id), view.flow.name, view.flow.status, view.nodes.size(),
                  view.edges.size()};
    for (const auto& node : view.nodes)
      flow.errors += node.errors;
    state.flows.push_back(std::move(flow));
    for (const auto& edge : view.edges)
      state.edges.push_back(describe(view.flow.name, edge, find_edge(earlier, edge.id), seconds));
  }
  std::sort(state.edges.begin(), state.edges.end(), hurts_more);
  std::sort(state.leases.begin(), state.leases.end(), ends_sooner);
  return state;
}

} // namespace sluice
