#include "model/graph/topology.hpp"

#include <fmt/format.h>

#include <vector>

namespace sluice {

namespace {

/// Returns what a reader of a picture should know about `edge`; empty when everything is as usual.
std::string label_of(const flow_plan& plan, const planned_edge& edge) {
  std::vector<std::string> parts;
  const auto& from = plan.nodes()[edge.from_node];
  const auto& to = plan.nodes()[edge.to_node];
  const bool is_error = edge.from_port == from.error_output();
  if (is_error || from.ports.outputs.size() > 1)
    parts.push_back(is_error ? error_port : from.ports.outputs[edge.from_port].name);
  if (to.ports.inputs.size() > 1)
    parts.push_back("to " + to.ports.inputs[edge.to_port].name);
  const auto& settings = edge.settings;
  if (settings.policy != overflow_policy::block)
    parts.emplace_back(to_string(settings.policy));
  if (!settings.coalesce_name.empty())
    parts.back() += ": " + settings.coalesce_name;
  if (!settings.key_source.empty())
    parts.back() += " by " + settings.key_source;
  if (settings.capacity != defaults::edge_capacity)
    parts.push_back(fmt::format("{}", settings.capacity));
  if (settings.band != priority_band::normal)
    parts.emplace_back(to_string(settings.band));
  if (settings.feedback)
    parts.emplace_back("feedback");
  return fmt::format("{}", fmt::join(parts, ", "));
}

/// A string of Graphviz. Its backslash begins escapes such as \N, the node's name.
std::string dot_string(std::string_view content) {
  std::string result = "\"";
  for (const char c : content) {
    if (c == '"' || c == '\\')
      result += '\\';
    if (c == '\n')
      result += "\\n";
    else
      result += c;
  }
  return result + '"';
}

/// Mermaid has no backslash escapes, only entities; everything with a meaning in it or in HTML becomes one.
std::string mermaid_string(std::string_view content) {
  std::string result = "\"";
  for (const char c : content) {
    if (c == '\n')
      result += "<br/>";
    else if (std::string_view("\"#<>&`|;\\").find(c) != std::string_view::npos)
      result += fmt::format("#{};", static_cast<int>(c));
    else
      result += c;
  }
  return result + '"';
}

std::string label_of(const planned_node& one) {
  return one.id + "\n" + one.type;
}

} // namespace

std::string to_dot(const flow_plan& plan) {
  std::string out = fmt::format("digraph {} {{\n  rankdir=LR;\n  node [shape=box, style=rounded];\n",
                                dot_string(plan.name()));
  for (const auto& one : plan.nodes())
    out += fmt::format("  {} [label={}];\n", dot_string(one.id), dot_string(label_of(one)));
  for (const auto& edge : plan.edges()) {
    std::vector<std::string> attributes;
    if (const auto label = label_of(plan, edge); !label.empty())
      attributes.push_back("label=" + dot_string(label));
    if (edge.settings.feedback)
      attributes.emplace_back("style=dashed");
    out += fmt::format("  {} -> {}", dot_string(plan.nodes()[edge.from_node].id),
                       dot_string(plan.nodes()[edge.to_node].id));
    out += attributes.empty() ? ";\n" : fmt::format(" [{}];\n", fmt::join(attributes, ", "));
  }
  return out + "}\n";
}

std::string to_mermaid(const flow_plan& plan) {
  std::string out = "flowchart LR\n";
  for (std::size_t i = 0; i < plan.nodes().size(); ++i)
    out += fmt::format("  n{}[{}]\n", i, mermaid_string(label_of(plan.nodes()[i])));
  for (const auto& edge : plan.edges()) {
    const auto label = label_of(plan, edge);
    out += fmt::format("  n{} {}{} n{}\n", edge.from_node, edge.settings.feedback ? "-.->" : "-->",
                       label.empty() ? "" : "|" + mermaid_string(label) + "|", edge.to_node);
  }
  return out;
}

} // namespace sluice
