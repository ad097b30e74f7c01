#pragma once

#include "model/base/error.hpp"
#include "runtime/config/graph_loader.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <string>

/// A small catalog, and loading from strings instead of files.
namespace sluice::testing {

struct quiet_node final : node {};

inline node_type make_type(std::string name, std::string category, bool has_input, bool has_output) {
  node_type type;
  type.name = std::move(name);
  type.category = std::move(category);
  if (has_input)
    type.ports.inputs = {{input_port, port_type::any()}};
  if (has_output)
    type.ports.outputs = {{output_port, port_type::any()}};
  type.make = [](const options&) { return std::make_unique<quiet_node>(); };
  return type;
}

/// A few types in the shape of the built-ins, so that these tests say nothing about those.
inline const node_catalog& catalog() {
  static const node_catalog filled = [] {
    node_catalog types;
    auto file = make_type("file", "source", false, true);
    file.options.push_back({.name = "path", .required = true, .description = "The file."});
    file.options.push_back({.name = "count",
                            .kind = option_kind::integer,
                            .default_value = "5",
                            .description = "",
                            .minimum = 1});
    types.add(file);
    types.add(make_type("json_parse", "transform", true, true));
    auto filter = make_type("filter", "transform", true, true);
    filter.options.push_back({.name = "where", .description = ""});
    types.add(filter);
    types.add(make_type("stdout", "sink", true, false));
    types.add(make_type("null", "sink", true, false));
    types.set_key_compiler([](const std::string& source) -> key_function {
      if (source == "bad")
        throw option_error("key", "the program 'bad' does not compile");
      return [](const message&) { return std::string(); };
    });
    return types;
  }();
  return filled;
}

inline loaded_graph load(const std::string& yaml, const std::map<std::string, std::string>& files = {}) {
  graph_input input;
  input.file = "pipeline.yaml";
  input.text = yaml;
  input.environment = [](std::string_view name) -> std::optional<std::string> {
    return name == "PATH_TO_LOG" ? std::optional<std::string>("/tmp/log") : std::nullopt;
  };
  input.read_file = [&](const std::string& path) {
    const auto found = files.find(path);
    if (found == files.end())
      throw error("not_found", "cannot read '" + path + "': there is no such file");
    return found->second;
  };
  return load_graph(input, catalog());
}

inline std::string shown(const loaded_graph& graph) {
  std::string all;
  for (const auto& one : graph.found)
    all += graph.show(one) + "\n";
  return all;
}

inline std::string complaints(const std::string& yaml) {
  return shown(load(yaml));
}

/// A graph of three nodes that is right, with `edges` as its edges.
inline std::string with_edges(const std::string& edges) {
  return "version: 1\nnodes:\n  a: {type: file, path: x}\n  b: {type: filter}\n  c: {type: "
         "stdout}\nedges:\n" +
         edges;
}

inline const planned_edge& only_edge(const loaded_graph& graph, const std::string& id) {
  BOOST_REQUIRE_MESSAGE(graph.plan, shown(graph));
  for (const auto& edge : graph.plan->edges())
    if (edge.id == id)
      return edge;
  throw std::runtime_error("no edge " + id);
}

} // namespace sluice::testing
