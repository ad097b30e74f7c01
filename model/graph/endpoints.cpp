#include "model/graph/endpoints.hpp"

#include <fmt/format.h>

namespace sluice::detail {

namespace {

constexpr const char* list_name(port_direction direction) noexcept {
  return direction == port_direction::input ? "inputs" : "outputs";
}

constexpr port_direction opposite(port_direction direction) noexcept {
  return direction == port_direction::input ? port_direction::output : port_direction::input;
}

} // namespace

endpoints::endpoints(flat_graph& flat, validation_report& report)
    : flat_(flat), report_(report), tables_(flat.scopes.size()) {
  // Scopes stand before their subgraphs: backwards, what a subgraph exposes is known when the graph around it
  // asks.
  for (auto scope = flat.scopes.size(); scope-- > 0;) {
    for (const auto& declared : flat.scopes[scope].source->inputs)
      expose(scope, declared, port_direction::input);
    for (const auto& declared : flat.scopes[scope].source->outputs)
      expose(scope, declared, port_direction::output);
  }
}

void endpoints::expose(std::size_t scope, const exposed_port& declared, port_direction direction) {
  const auto& around = flat_.scopes[scope];
  const auto position = declared.position.known() ? declared.position : around.position();
  const place at{scope, around.path + list_name(direction) + "." + shown(declared.name), position};
  check_name(declared.name, "port", at.path, position, report_);
  auto& table = tables_[scope][static_cast<std::size_t>(direction)];
  const auto [known, is_new] = table.by_name.try_emplace(declared.name, npos);
  if (!is_new)
    report_.error(finding_code::bad_expose, at.path,
                  fmt::format("the port '{}' is exposed twice; rename one", shown(declared.name)), position);
  const auto found = find_exposure(declared, direction, at);
  if (found != npos && is_new) {
    exposures_[found].outermost = scope;
    exposures_[found].name = declared.name;
  }
  if (is_new) {
    known->second = found;
    table.in_order.emplace_back(declared.name, found);
  }
}

std::size_t endpoints::find_exposure(const exposed_port& declared, port_direction direction,
                                     const place& at) {
  const auto& members = flat_.scopes[at.scope].members;
  const auto found = members.find(declared.inner.node);
  if (found == members.end()) {
    report_unknown_node(declared.inner, direction, finding_code::bad_expose, at);
    return npos;
  }
  if (found->second.what == scope_member::kind::broken)
    return npos;
  if (found->second.what == scope_member::kind::subgraph)
    return resolve_in_subgraph(found->second.index, declared.inner, direction, finding_code::bad_expose, at)
        .exposure;
  exposures_.push_back({direction,
                        {found->second.index, declared.inner.port, npos},
                        at.path,
                        at.position,
                        at.scope,
                        declared.name});
  exposures_.back().target.exposure = exposures_.size() - 1;
  return exposures_.size() - 1;
}

port_reference endpoints::resolve(const endpoint& wanted, port_direction direction, const place& at) {
  const auto& members = flat_.scopes[at.scope].members;
  const auto found = members.find(wanted.node);
  if (found == members.end()) {
    report_unknown_node(wanted, direction, finding_code::unknown_node, at);
    return {};
  }
  switch (found->second.what) {
  case scope_member::kind::broken:
    return {};
  case scope_member::kind::subgraph:
    return resolve_in_subgraph(found->second.index, wanted, direction, finding_code::unknown_port, at);
  case scope_member::kind::node:
    break;
  }
  return {found->second.index, wanted.port, npos};
}

port_reference endpoints::resolve_in_subgraph(std::size_t subgraph, const endpoint& wanted,
                                              port_direction direction, const char* code, const place& at) {
  const auto& table = of(subgraph, direction);
  std::size_t found = npos;
  std::size_t candidates = 0;
  if (wanted.port.empty()) {
    for (auto it = table.in_order.begin(); it != table.in_order.end() && candidates < 2; ++it)
      if (it->first != error_port && ++candidates == 1)
        found = it->second;
  } else if (const auto named = table.by_name.find(wanted.port); named != table.by_name.end()) {
    found = named->second;
    candidates = 1;
  }
  if (candidates == 1)
    return found == npos ? port_reference{} : exposures_[found].target;
  report_.error(code, at.path,
                explain_missing_port(choice_of(subgraph, wanted.node, direction), wanted.port, report_),
                at.position);
  // Which port was meant is not known, so none of them is reported as not connected.
  for (const auto& [name, index] : table.in_order)
    if (index != npos) {
      auto& meant = flat_.nodes[exposures_[index].target.node];
      (direction == port_direction::input ? meant.inputs_in_doubt : meant.outputs_in_doubt) = true;
    }
  return {};
}

void endpoints::report_unknown_node(const endpoint& wanted, port_direction direction, const char* code,
                                    const place& at) {
  const auto* meant = report_.nearest(wanted.node, names_of(at.scope));
  std::string remedy = "; declare it under `nodes`";
  if (meant) {
    remedy = fmt::format(" (did you mean '{}'?)", *meant);
    const auto& member = flat_.scopes[at.scope].members.at(*meant);
    if (member.what == scope_member::kind::node) {
      auto& node = flat_.nodes[member.index];
      (direction == port_direction::input ? node.inputs_in_doubt : node.outputs_in_doubt) = true;
      node.fed = node.fed || direction == port_direction::input;
    }
  }
  const auto text = wanted.node.empty()
                        ? std::string("an endpoint names no node; write it as 'node' or 'node.port'")
                        : fmt::format("unknown node '{}'{}", shown(wanted.node), remedy);
  report_.error(code, at.path, text, at.position);
}

port_choice endpoints::choice_of(std::size_t subgraph, std::string_view id, port_direction direction) const {
  port_choice choice;
  choice.owner = fmt::format("subgraph '{}'", shown(id));
  choice.id = id;
  choice.direction = direction;
  choice.is_subgraph = true;
  for (const auto& [name, index] : of(subgraph, direction).in_order)
    choice.names.emplace_back(name);
  for (const auto& [name, index] : of(subgraph, opposite(direction)).in_order)
    choice.opposite.emplace_back(name);
  return choice;
}

const std::vector<std::string>& endpoints::names_of(std::size_t scope) {
  const auto [known, is_new] = names_.try_emplace(scope);
  if (is_new)
    for (const auto& declared : flat_.scopes[scope].source->nodes)
      known->second.push_back(declared.id);
  return known->second;
}

} // namespace sluice::detail
