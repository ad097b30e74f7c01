#include "metrics/flow_exposition.hpp"

#include "metrics/exposition.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

namespace sluice {

namespace {

constexpr std::array<flow_status, 7> all_statuses = {
    flow_status::starting, flow_status::running, flow_status::paused,  flow_status::draining,
    flow_status::finished, flow_status::failed,  flow_status::aborted,
};

double seconds(std::uint64_t nanoseconds) {
  return static_cast<double>(nanoseconds) / 1e9;
}

void add_status(exposition& out, std::string_view flow, flow_status status) {
  for (const auto one : all_statuses)
    out.add(metric::flow_status, {flow, to_string(one)}, one == status ? 1.0 : 0.0);
}

void add_edge(exposition& out, std::string_view flow, std::string_view edge, const edge_counters& now) {
  out.add(metric::edge_capacity, {flow, edge}, now.capacity);
  out.add(metric::edge_depth, {flow, edge}, now.depth);
  out.add(metric::edge_offered, {flow, edge}, now.offered);
  out.add(metric::edge_accepted, {flow, edge}, now.accepted);
  out.add(metric::edge_delivered, {flow, edge}, now.delivered);
  out.add(metric::edge_dropped, {flow, edge}, now.dropped);
  out.add(metric::edge_refused, {flow, edge, "type"}, now.refused_type);
  out.add(metric::edge_refused, {flow, edge, "merge"}, now.refused_merge);
  out.add(metric::edge_replaced, {flow, edge}, now.replaced);
  out.add(metric::edge_coalesced, {flow, edge}, now.coalesced);
  out.add(metric::edge_evicted, {flow, edge}, now.evicted);
  out.add(metric::edge_discarded, {flow, edge}, now.discarded);
  out.add(metric::edge_control, {flow, edge}, now.control);
  out.add(metric::edge_blocked, {flow, edge}, seconds(now.blocked_ns));
}

void add_node(exposition& out, std::string_view flow, std::string_view node, const node_counters& now,
              const latency_histogram& handler_time) {
  out.add(metric::node_messages, {flow, node, "in"}, now.in);
  out.add(metric::node_messages, {flow, node, "out"}, now.out);
  out.add(metric::node_errors, {flow, node}, now.errors);
  out.add(metric::node_held, {flow, node}, now.held);
  out.add(metric::node_outbox, {flow, node}, now.outbox);
  out.add(metric::node_discarded, {flow, node}, now.discarded);
  out.add(metric::node_unrouted, {flow, node}, now.unrouted);
  out.add(metric::node_control, {flow, node}, now.control);
  out.add(metric::node_restarts, {flow, node}, now.restarts);
  out.add(metric::node_stalls, {flow, node}, now.stalls);
  out.add(metric::node_handler, {flow, node}, handler_time);
  out.add(metric::node_busy, {flow, node}, seconds(now.busy_ns));
  out.add(metric::node_ticks, {flow, node}, now.ticks);
  out.add(metric::node_tick_lateness, {flow, node}, seconds(now.tick_lateness_ns));
  out.add(metric::node_tick_lateness_max, {flow, node}, seconds(now.tick_lateness_max_ns));
}

void accumulate(edge_counters& sum, const edge_counters& one) {
  sum.capacity += one.capacity;
  sum.offered += one.offered;
  sum.accepted += one.accepted;
  sum.delivered += one.delivered;
  sum.dropped += one.dropped;
  sum.refused_type += one.refused_type;
  sum.refused_merge += one.refused_merge;
  sum.replaced += one.replaced;
  sum.coalesced += one.coalesced;
  sum.evicted += one.evicted;
  sum.discarded += one.discarded;
  sum.depth += one.depth;
  sum.control += one.control;
  sum.blocked_ns += one.blocked_ns;
}

void accumulate(node_counters& sum, const node_counters& one) {
  sum.in += one.in;
  sum.out += one.out;
  sum.errors += one.errors;
  sum.held += one.held;
  sum.outbox += one.outbox;
  sum.discarded += one.discarded;
  sum.unrouted += one.unrouted;
  sum.control += one.control;
  sum.restarts += one.restarts;
  sum.stalls += one.stalls;
  sum.busy_ns += one.busy_ns;
  sum.slices += one.slices;
  sum.ticks += one.ticks;
  sum.tick_lateness_ns += one.tick_lateness_ns;
  sum.tick_lateness_max_ns = std::max(sum.tick_lateness_max_ns, one.tick_lateness_max_ns);
}

void accumulate(latency_histogram& sum, const latency_histogram& one) {
  sum.counts.resize(std::max(sum.counts.size(), one.counts.size()));
  for (std::size_t i = 0; i < one.counts.size(); ++i)
    sum.counts[i] += one.counts[i];
  sum.sum_ns += one.sum_ns;
}

void add_each(exposition& out, std::string_view label, const flow_snapshot& flow) {
  for (const auto& edge : flow.edges) {
    out.add(metric::edge_info, {label, edge.id, to_string(edge.policy), to_string(edge.band)}, 1.0);
    add_edge(out, label, edge.id, edge.counters);
  }
  for (const auto& node : flow.nodes) {
    out.add(metric::node_info, {label, node.id, node.type}, 1.0);
    add_node(out, label, node.id, node.counters, node.handler_time);
  }
}

void add_sums(exposition& out, std::string_view label, const flow_snapshot& flow) {
  edge_counters edges;
  for (const auto& edge : flow.edges)
    accumulate(edges, edge.counters);
  add_edge(out, label, sum_label, edges);

  node_counters nodes;
  latency_histogram handler_time;
  for (const auto& node : flow.nodes) {
    accumulate(nodes, node.counters);
    accumulate(handler_time, node.handler_time);
  }
  add_node(out, label, sum_label, nodes, handler_time);
}

void add_flow(exposition& out, std::string_view label, const flow_snapshot& flow, exposition_detail detail) {
  const bool large =
      flow.edges.size() > exposition_detail_limit || flow.nodes.size() > exposition_detail_limit;
  add_status(out, label, flow.status);
  // All that is left of a flow that has ended.
  if (flow.edges.empty() && flow.nodes.empty())
    return;
  if (large && detail == exposition_detail::automatic)
    add_sums(out, label, flow);
  else
    add_each(out, label, flow);

  latency_histogram control_latency;
  for (const auto& node : flow.nodes)
    accumulate(control_latency, node.control_latency);
  out.add(metric::control_latency, {label}, control_latency);
}

/// Returns one label per flow, all different. A flow that is really called `name-2` keeps its name.
std::vector<std::string> distinct_labels(const std::vector<flow_snapshot>& flows) {
  std::set<std::string> names;
  for (const auto& flow : flows)
    names.insert(flow.name);

  std::map<std::string, unsigned> seen;
  std::vector<std::string> labels;
  labels.reserve(flows.size());
  for (const auto& flow : flows) {
    auto label = flow.name;
    auto& number = seen[flow.name];
    while (++number > 1) {
      label = flow.name + "-" + std::to_string(number);
      if (names.count(label) == 0)
        break;
    }
    labels.push_back(std::move(label));
  }
  return labels;
}

} // namespace

void add_flows(exposition& out, const std::vector<flow_snapshot>& flows, exposition_detail detail) {
  const auto labels = distinct_labels(flows);
  for (std::size_t i = 0; i < flows.size(); ++i)
    add_flow(out, labels[i], flows[i], detail);
}

std::string render_flows(const std::vector<flow_snapshot>& flows, exposition_detail detail) {
  exposition out;
  add_flows(out, flows, detail);
  return out.take_text();
}

} // namespace sluice
