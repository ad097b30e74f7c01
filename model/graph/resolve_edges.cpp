#include "model/graph/resolve_edges.hpp"

#include "model/graph/edge_settings_check.hpp"
#include "model/message/json.hpp"

#include <fmt/format.h>

#include <unordered_map>

namespace sluice::detail {

std::string edge_id(const planned_edge& edge, const std::vector<node_draft>& nodes) {
  return nodes[edge.from_node].port_id(port_direction::output, edge.from_port) + "->" +
         nodes[edge.to_node].port_id(port_direction::input, edge.to_port);
}

std::vector<edge_reference> find_edges(flat_graph& flat, endpoints& ends) {
  std::vector<edge_reference> found;
  for (std::size_t scope = 0; scope < flat.scopes.size(); ++scope) {
    const auto& declared = flat.scopes[scope].source->edges;
    for (std::size_t i = 0; i < declared.size(); ++i) {
      edge_reference edge{
          scope, &declared[i], fmt::format("{}edges[{}]", flat.scopes[scope].path, i), {}, {}};
      edge.from = ends.resolve(declared[i].from, port_direction::output,
                               {scope, edge.path + ".from", place_of(declared[i], "from")});
      edge.to = ends.resolve(declared[i].to, port_direction::input,
                             {scope, edge.path + ".to", place_of(declared[i], "to")});
      if (edge.to.known())
        flat.nodes[edge.to.node].fed = true;
      found.push_back(std::move(edge));
    }
  }
  // What the outermost graph exposes is fed by whoever embeds it.
  for (const auto& [name, index] : ends.of(0, port_direction::input).in_order)
    if (index != npos)
      flat.nodes[ends.exposures()[index].target.node].fed = true;
  return found;
}

endpoints::place errors_place(const flat_graph& flat, std::size_t scope) {
  const auto& around = flat.scopes[scope];
  const auto position = around.source->errors_position;
  return {scope, around.path + "errors", position.known() ? position : around.position()};
}

std::vector<error_collector> find_collectors(flat_graph& flat, endpoints& ends) {
  std::vector<error_collector> found;
  for (auto scope = flat.scopes.size(); scope-- > 0;) {
    const auto& name = flat.scopes[scope].source->errors;
    if (name.empty())
      continue;
    found.push_back({scope, ends.resolve({name, {}}, port_direction::input, errors_place(flat, scope))});
    if (found.back().target.known())
      flat.nodes[found.back().target.node].fed = true;
  }
  return found;
}

edge_resolver::edge_resolver(flat_graph& flat, const endpoints& ends, const std::vector<node_draft>& nodes,
                             port_usage& usage, validation_report& report)
    : flat_(flat), ends_(ends), nodes_(nodes), usage_(usage), report_(report) {
  resolve_exposures();
}

void edge_resolver::resolve_exposures() {
  for (const auto& one : ends_.exposures()) {
    auto direct = one.target;
    direct.exposure = npos;
    const auto& node = nodes_[direct.node];
    const auto& name = flat_.nodes[direct.node].declared->id;
    const auto port =
        node.ports_known || direct.port == error_port ? node.find(one.direction, direct.port) : npos;
    exposed_ports_.push_back(port);
    if (port != npos && one.outermost == 0)
      usage_.mark(one.direction, direct.node, port);
    if (port != npos || !node.ports_known)
      continue;
    report_.error(finding_code::bad_expose, one.path,
                  explain_missing_port(node.choice(name, one.direction), direct.port, report_), one.position);
    doubt(direct.node, one.direction);
  }
}

std::size_t edge_resolver::port_of(const port_reference& wanted, port_direction direction,
                                   std::string_view node_name, const endpoints::place& at) {
  if (wanted.exposure != npos) {
    const auto port = exposed_ports_[wanted.exposure];
    if (port == npos)
      doubt(wanted.node, direction);
    return port;
  }
  const auto& node = nodes_[wanted.node];
  if (!node.ports_known)
    return npos;
  const auto port = node.find(direction, wanted.port);
  if (port == npos) {
    report_.error(finding_code::unknown_port, at.path,
                  explain_missing_port(node.choice(node_name, direction), wanted.port, report_), at.position);
    doubt(wanted.node, direction);
  }
  return port;
}

std::vector<edge_draft> edge_resolver::resolve(const std::vector<edge_reference>& edges) {
  std::vector<edge_draft> result;
  std::unordered_map<std::string, std::size_t> first_of_id;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const auto& one = edges[i];
    const auto& written = *one.declared;
    const auto port = [&](const port_reference& end, port_direction direction, const endpoint& name,
                          const char* member) {
      if (!end.known())
        return npos;
      const auto found =
          port_of(end, direction, name.node, {one.scope, one.path + "." + member, place_of(written, member)});
      if (found != npos)
        usage_.mark(direction, end.node, found);
      return found;
    };
    edge_draft draft;
    draft.origin = i;
    draft.edge.from_port = port(one.from, port_direction::output, written.from, "from");
    draft.edge.to_port = port(one.to, port_direction::input, written.to, "to");
    if (draft.edge.from_port == npos || draft.edge.to_port == npos) {
      complete_ = false;
      continue;
    }
    draft.edge.from_node = one.from.node;
    draft.edge.to_node = one.to.node;
    draft.edge.id = edge_id(draft.edge, nodes_);
    const auto [first, is_new] = first_of_id.try_emplace(draft.edge.id, i);
    if (!is_new)
      report_.error(finding_code::duplicate_edge, one.path,
                    fmt::format("the edge {} is there already, as {}; remove one", shown(draft.edge.id),
                                edges[first->second].path),
                    written.position);
    check_types(draft, one);
    if (is_new)
      result.push_back(std::move(draft));
  }
  return result;
}

void edge_resolver::check_types(const edge_draft& draft, const edge_reference& declared) {
  const auto& edge = draft.edge;
  const auto from = nodes_[edge.from_node].type_of(port_direction::output, edge.from_port);
  const auto to = nodes_[edge.to_node].type_of(port_direction::input, edge.to_port);
  if (!from || !to)
    return;
  // Counting replaces what was counted.
  if (declared.declared->settings.coalesce_name == "count" && !port_type::of<json>().fits(*to))
    report_.error(finding_code::type_mismatch, declared.path,
                  fmt::format("`coalesce: count` makes json of what it counts, but {} takes {}; put a node "
                              "between them, such as a format",
                              shown(nodes_[edge.to_node].port_id(port_direction::input, edge.to_port)),
                              to->name()),
                  declared.declared->position);
  if (from->fits(*to))
    return check_function(edge, from->is_any() ? *to : *from, declared);
  report_.error(finding_code::type_mismatch, declared.path,
                fmt::format("{} sends {}, but {} takes {}; put a node between them that makes {} of {}",
                            shown(nodes_[edge.from_node].port_id(port_direction::output, edge.from_port)),
                            from->name(),
                            shown(nodes_[edge.to_node].port_id(port_direction::input, edge.to_port)),
                            to->name(), to->name(), from->name()),
                declared.declared->position);
}

void edge_resolver::check_function(const planned_edge& edge, const port_type& carried,
                                   const edge_reference& declared) {
  const auto& takes = declared.declared->settings.function_takes;
  if (takes.fits(carried))
    return;
  report_.error(finding_code::type_mismatch, declared.path,
                fmt::format("the edge {} carries {}, but its function takes {} and would refuse every "
                            "message; give latest_by/coalesce_with the payload of the edge",
                            shown(edge.id), carried.name(), takes.name()),
                declared.declared->position);
}

void edge_resolver::doubt(std::size_t node, port_direction direction) {
  auto& meant = flat_.nodes[node];
  (direction == port_direction::input ? meant.inputs_in_doubt : meant.outputs_in_doubt) = true;
}

std::vector<planned_port> edge_resolver::exposed(port_direction direction) const {
  std::vector<planned_port> all;
  for (const auto& [name, index] : ends_.of(0, direction).in_order)
    if (index != npos && exposed_ports_[index] != npos)
      all.push_back({std::string(name), ends_.exposures()[index].target.node, exposed_ports_[index]});
  return all;
}

} // namespace sluice::detail
