#include "tests/stress/random/recipe_graph.hpp"

#include "tests/stress/random/numbers.hpp"
#include "tests/stress/random/recipe_nodes.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace sluice::stress {

namespace {

port_type type_of(port_kind kind) {
  return kind == port_kind::any ? port_type::any() : port_type::of<std::uint64_t>();
}

std::uint64_t sequence_in(const message& from) {
  const auto number = find_number(from);
  return number ? sequence_of(*number) : 0;
}

coalesce_function merge_function(merge_kind kind) {
  switch (kind) {
  case merge_kind::keep_last:
    return [](message& queued, message&& incoming) { queued = std::move(incoming); };
  case merge_kind::keep_first:
    return [](message&, message&&) {};
  case merge_kind::refuse_some:
    break;
  }
  return [](message& queued, message&& incoming) {
    constexpr std::uint64_t refused = 7;
    if (sequence_in(incoming) % refused == 0)
      throw std::runtime_error("this merge refuses one message in seven");
    queued = std::move(incoming);
  };
}

key_function key_function_of(const edge_recipe& edge) {
  return [keys = edge.keys, throws = edge.key_throws](const message& of) {
    const auto sequence = sequence_in(of);
    if (throws != 0 && sequence % throws == throws - 1)
      throw std::runtime_error("this key function throws for some messages");
    return std::to_string(sequence % keys);
  };
}

edge_settings settings_of(const edge_recipe& edge) {
  edge_settings settings;
  settings.policy = edge.policy;
  settings.band = edge.band;
  settings.capacity = edge.capacity;
  settings.prefetch = edge.prefetch;
  settings.feedback = edge.feedback;
  if (edge.policy == overflow_policy::coalesce)
    settings.coalesce = merge_function(edge.merge);
  if (edge.policy == overflow_policy::latest && edge.keys != 0)
    settings.key = key_function_of(edge);
  return settings;
}

node_declaration declare(const std::shared_ptr<const graph_recipe>& recipe, std::size_t index,
                         const flow_ledger& books) {
  const auto& made = recipe->nodes[index];
  const recipe_node::parts parts{recipe, index, books.nodes[index], books.watches[index], books.clock};
  node_declaration declared;
  declared.id = made.id;
  declared.on_error = made.on_error;
  declared.execution = made.execution;
  for (std::size_t port = 0; port < made.inputs.size(); ++port)
    declared.ports.inputs.push_back({input_name(port), type_of(made.inputs[port])});
  for (std::size_t port = 0; port < made.outputs.size(); ++port)
    declared.ports.outputs.push_back({output_name(made, port), type_of(made.outputs[port])});
  if (made.is_source())
    declared.make = [parts]() -> std::unique_ptr<node> { return std::make_unique<recipe_source>(parts); };
  else
    declared.make = [parts]() -> std::unique_ptr<node> { return std::make_unique<recipe_transform>(parts); };
  return declared;
}

/// A message may be missing on a lossless edge only where a port of numbers refuses text.
bool is_gapless(const graph_recipe& recipe, const edge_recipe& edge) {
  const auto& from = recipe.nodes[edge.from_node];
  return edge.policy == overflow_policy::block && edge.from_port < from.outputs.size() &&
         (from.text_every == 0 || recipe.nodes[edge.to_node].inputs[edge.to_port] == port_kind::any);
}

} // namespace

flow_ledger make_ledger(const graph_recipe& recipe) {
  flow_ledger books;
  for (const auto& node : recipe.nodes) {
    books.nodes.push_back(std::make_shared<node_ledger>(node.outputs.size()));
    books.watches.push_back(std::make_shared<std::vector<edge_watch>>());
  }
  for (const auto& edge : recipe.edges) {
    auto& watches = *books.watches[edge.to_node];
    books.watch_of_edge.push_back(watches.size());
    watches.push_back({edge.from_node, edge.from_port, edge.to_port, is_gapless(recipe, edge),
                       std::max<std::size_t>(1, edge.keys)});
  }
  return books;
}

graph build(const std::shared_ptr<const graph_recipe>& recipe, const flow_ledger& books) {
  graph made;
  made.name = "stress";
  for (std::size_t node = 0; node < recipe->nodes.size(); ++node)
    made.nodes.push_back(declare(recipe, node, books));
  for (const auto& edge : recipe->edges) {
    edge_declaration declared;
    const auto& from = recipe->nodes[edge.from_node];
    declared.from = {from.id, output_name(from, edge.from_port)};
    declared.to = {recipe->nodes[edge.to_node].id, input_name(edge.to_port)};
    declared.settings = settings_of(edge);
    made.edges.push_back(std::move(declared));
  }
  if (recipe->collects_errors)
    made.errors = recipe->nodes.back().id;
  return made;
}

} // namespace sluice::stress
