#include "model/graph/check_cycles.hpp"

#include "model/graph/cycles.hpp"
#include "model/graph/edge_settings_check.hpp"

#include <fmt/format.h>

namespace sluice::detail {

namespace {

std::string name_nodes(const cycle& found, const std::vector<node_draft>& nodes) {
  std::string text;
  for (std::size_t i = 0; i < found.nodes.size(); ++i) {
    if (i + 1 == found.nodes.size() && found.length > found.nodes.size())
      text += fmt::format("({} more) -> ", found.length - found.nodes.size());
    text += shown(nodes[found.nodes[i]].node.id) + " -> ";
  }
  return text + shown(nodes[found.nodes.front()].node.id);
}

} // namespace

std::vector<adjacency::link> links_of(const std::vector<edge_draft>& edges) {
  std::vector<adjacency::link> links;
  links.reserve(edges.size());
  for (const auto& draft : edges)
    links.push_back({draft.edge.from_node, draft.edge.to_node, draft.edge.settings.feedback});
  return links;
}

void check_cycles(const std::vector<node_draft>& nodes, const std::vector<edge_draft>& edges,
                  const std::vector<edge_reference>& references, bool complete, validation_report& report) {
  const auto links = links_of(edges);
  const auto reference_of = [&](std::size_t edge) -> const edge_reference& {
    if (edges[edge].origin == npos)
      throw internal_error("the edge " + edges[edge].edge.id + " of an `errors` node closes a cycle");
    return references[edges[edge].origin];
  };
  for (const auto& found : find_cycles(nodes.size(), links)) {
    const auto& written = reference_of(found.closing_edge);
    report.error(
        finding_code::deadlock_cycle, written.path,
        fmt::format(
            "the cycle {} can fill up and stop for good; give one of its edges `feedback: true` and a "
            "policy other than block, such as drop_oldest",
            name_nodes(found, nodes)),
        written.declared->position);
  }
  const auto components = find_components(nodes.size(), links);
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const auto& edge = edges[i].edge;
    if (!edge.settings.feedback)
      continue;
    const auto& written = reference_of(i);
    if (components[edge.from_node] == components[edge.to_node]) {
      if (edge.settings.lossless())
        report.error(
            finding_code::deadlock_cycle, written.path + ".policy",
            fmt::format(
                "the feedback edge {} has the policy block, so the cycle of '{}' and '{}' can stop for "
                "good; choose another policy, such as drop_oldest",
                shown(edge.id), shown(nodes[edge.from_node].node.id), shown(nodes[edge.to_node].node.id)),
            place_of(*written.declared, "policy"));
    } else if (complete) {
      report.error(finding_code::bad_value, written.path + ".feedback",
                   fmt::format("the edge {} closes no cycle, so it is no feedback edge; remove `feedback`",
                               shown(edge.id)),
                   place_of(*written.declared, "feedback"));
    }
  }
}

} // namespace sluice::detail
