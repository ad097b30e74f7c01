#include "model/graph/plan_builder.hpp"

#include "model/graph/check_cycles.hpp"
#include "model/graph/cycles.hpp"
#include "model/graph/edge_settings_check.hpp"
#include "model/graph/wiring.hpp"

#include <utility>

namespace sluice {

using detail::npos;
using detail::port_direction;

plan_builder::plan_builder(const graph& source, const node_catalog& catalog)
    : source_(source), catalog_(catalog), flat_(detail::flatten(source, report_)), ends_(flat_, report_) {}

validation plan_builder::build() {
  references_ = detail::find_edges(flat_, ends_);
  collectors_ = detail::find_collectors(flat_, ends_);
  plan_nodes();
  plan_edges();
  validation result;
  result.found = report_.take();
  if (!has_errors(result.found))
    result.plan = make_plan();
  return result;
}

void plan_builder::plan_nodes() {
  detail::node_planner planner(catalog_, report_);
  nodes_.reserve(flat_.nodes.size());
  for (const auto& declared : flat_.nodes)
    nodes_.push_back(planner.plan(declared));
}

void plan_builder::plan_edges() {
  detail::port_usage usage(nodes_);
  detail::edge_resolver resolver(flat_, ends_, nodes_, usage, report_);
  edges_ = resolver.resolve(references_);
  check_edge_settings();

  std::vector<detail::collector_input> inputs;
  for (const auto& collector : collectors_) {
    const auto& around = flat_.scopes[collector.scope];
    const auto at = detail::errors_place(flat_, collector.scope);
    if (!collector.target.known())
      continue;
    const auto port = resolver.port_of(collector.target, port_direction::input, around.source->errors, at);
    if (port != npos)
      inputs.push_back({collector.scope, collector.target.node, port});
  }
  detail::collect_errors(flat_, nodes_, inputs, edges_, usage);
  const bool errors_in_doubt = inputs.size() != collectors_.size();
  detail::check_wiring(flat_, nodes_, ends_, usage, errors_in_doubt, report_);
  detail::check_cycles(nodes_, edges_, references_, resolver.complete(), report_);
  inputs_ = resolver.exposed(port_direction::input);
  outputs_ = resolver.exposed(port_direction::output);
}

/// Also for edges whose ends are wrong: all findings at once.
void plan_builder::check_edge_settings() {
  std::vector<edge_settings> settings;
  settings.reserve(references_.size());
  for (const auto& one : references_)
    settings.push_back(detail::check_settings(*one.declared, one.path, catalog_, report_));
  for (auto& draft : edges_)
    draft.edge.settings = std::move(settings[draft.origin]);
}

std::shared_ptr<const flow_plan> plan_builder::make_plan() {
  std::shared_ptr<flow_plan> plan(new flow_plan());
  plan->name_ = source_.name;
  plan->order_ = detail::topological_order(nodes_.size(), detail::links_of(edges_));
  if (plan->order_.size() != nodes_.size())
    throw internal_error("the graph '" + source_.name + "' passed validation but has a cycle");
  plan->nodes_.reserve(nodes_.size());
  for (auto& draft : nodes_)
    plan->nodes_.push_back(std::move(draft.node));
  plan->edges_.reserve(edges_.size());
  for (auto& draft : edges_) {
    plan->nodes_[draft.edge.from_node].outputs.push_back(plan->edges_.size());
    plan->nodes_[draft.edge.to_node].inputs.push_back(plan->edges_.size());
    plan->edges_.push_back(std::move(draft.edge));
  }
  plan->inputs_ = std::move(inputs_);
  plan->outputs_ = std::move(outputs_);
  return plan;
}

} // namespace sluice
