#include "tests/stress/random/graph_recipe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace sluice::stress {

namespace {

std::string ports(const std::vector<port_kind>& kinds) {
  std::string text;
  for (const auto kind : kinds)
    text += kind == port_kind::any ? 'a' : 'n';
  return text.empty() ? "-" : text;
}

std::string_view name(source_pace pace) {
  switch (pace) {
  case source_pace::flood:
    return "flood";
  case source_pace::overshoot:
    return "overshoot";
  case source_pace::bursts:
    return "bursts";
  case source_pace::trickle:
    return "trickle";
  }
  return "?";
}

std::string_view name(merge_kind merge) {
  switch (merge) {
  case merge_kind::keep_last:
    return "keep_last";
  case merge_kind::keep_first:
    return "keep_first";
  case merge_kind::refuse_some:
    return "refuse_some";
  }
  return "?";
}

void add(std::string& text, std::string_view what, std::uint64_t value) {
  if (value != 0)
    text += fmt::format(" {} {}", what, value);
}

std::string describe(const node_recipe& node) {
  auto text = fmt::format("{}: {} -> {} on_error {}", node.id, ports(node.inputs), ports(node.outputs),
                          to_string(node.on_error.policy));
  if (node.on_error.policy == error_policy::restart)
    text += fmt::format(" (limit {}, backoff {} us)", node.on_error.restart_limit,
                        node.on_error.restart_backoff.count() / 1000);
  if (node.execution == execution_kind::blocking)
    text += " blocking";
  if (node.is_source())
    text += fmt::format(" {} {}", name(node.pace), node.count);
  add(text, "limit", node.emission_limit);
  add(text, "throw", node.throw_every);
  add(text, "fail", node.fail_every);
  add(text, "swallow", node.swallow_every);
  if (node.multiply_every != 0)
    text += fmt::format(" multiply {} by {}", node.multiply_every, node.multiply_by);
  add(text, "defer", node.defer_every);
  add(text, "pause", node.pause_every);
  add(text, "control", node.control_every);
  add(text, "text", node.text_every);
  add(text, "tick_throw", node.tick_throw_every);
  add(text, "end_throw", node.end_throw_every);
  add(text, "start_throw", node.start_throw_every);
  add(text, "gather", node.gather);
  add(text, "burn", node.burn);
  if (!node.handles_control)
    text += " passes_control";
  if (node.speaks_at_end)
    text += " speaks_at_end";
  return text;
}

std::string describe(const graph_recipe& recipe, const edge_recipe& edge) {
  const auto& from = recipe.nodes[edge.from_node];
  auto text = fmt::format("{}.{}->{}.{}: {} {} prefetch {} {}", from.id, output_name(from, edge.from_port),
                          recipe.nodes[edge.to_node].id, input_name(edge.to_port), to_string(edge.policy),
                          edge.capacity, edge.prefetch, to_string(edge.band));
  if (edge.feedback)
    text += " feedback";
  if (edge.policy == overflow_policy::latest)
    text += fmt::format(" keys {} key_throws {}", edge.keys, edge.key_throws);
  if (edge.policy == overflow_policy::coalesce)
    text += fmt::format(" {}", name(edge.merge));
  return text;
}

} // namespace

bool graph_recipe::never_fails() const {
  return std::all_of(nodes.begin(), nodes.end(), [](const node_recipe& node) {
    return node.on_error.policy != error_policy::fail && node.on_error.policy != error_policy::restart &&
           node.start_throw_every == 0;
  });
}

bool graph_recipe::all_handle_control() const {
  return std::all_of(nodes.begin(), nodes.end(),
                     [](const node_recipe& node) { return node.handles_control; });
}

std::string output_name(const node_recipe& of, std::size_t port) {
  return port == of.outputs.size() ? "error" : "out" + std::to_string(port);
}

std::string input_name(std::size_t port) {
  return "in" + std::to_string(port);
}

std::string to_string(const graph_recipe& recipe) {
  auto text = fmt::format("graph {}: {} nodes, {} edges{}\n", recipe.seed, recipe.nodes.size(),
                          recipe.edges.size(), recipe.collects_errors ? ", the last collects errors" : "");
  for (const auto& node : recipe.nodes)
    text += "  " + describe(node) + "\n";
  for (const auto& edge : recipe.edges)
    text += "  " + describe(recipe, edge) + "\n";
  return text;
}

} // namespace sluice::stress
