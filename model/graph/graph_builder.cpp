#include "model/graph/graph_builder.hpp"

#include "model/base/error.hpp"

namespace sluice {

port_name::port_name(std::string_view text) {
  const auto dot = text.find('.');
  end_.node = text.substr(0, dot);
  if (dot != std::string_view::npos)
    end_.port = text.substr(dot + 1);
}

graph_builder& graph_builder::add(std::string id, std::function<std::unique_ptr<node>()> make,
                                  node_ports ports) {
  auto& added = graph_.nodes.emplace_back();
  added.id = std::move(id);
  added.make = std::move(make);
  added.ports = std::move(ports);
  return *this;
}

graph_builder& graph_builder::add_type(std::string id, std::string type,
                                       const std::vector<std::pair<std::string, std::string>>& given) {
  std::vector<config_value::member> members;
  for (const auto& [name, value] : given)
    members.push_back({name, {}, config_value::scalar(value)});
  return add_type(std::move(id), std::move(type), config_value::map(std::move(members)));
}

graph_builder& graph_builder::add_type(std::string id, std::string type, config_value given) {
  auto& added = graph_.nodes.emplace_back();
  added.id = std::move(id);
  added.type = std::move(type);
  added.given = std::move(given);
  return *this;
}

graph_builder& graph_builder::add_graph(std::string id, graph inner) {
  auto& added = graph_.nodes.emplace_back();
  added.id = std::move(id);
  added.inner = std::make_shared<const graph>(std::move(inner));
  return *this;
}

graph_builder& graph_builder::on_error(error_settings settings) {
  last().on_error = settings;
  return *this;
}

graph_builder& graph_builder::execution(execution_kind kind) {
  last().execution = kind;
  return *this;
}

graph_builder& graph_builder::connect(const port_name& from, const port_name& to, edge_settings settings) {
  auto& added = graph_.edges.emplace_back();
  added.from = from.end();
  added.to = to.end();
  added.settings = std::move(settings);
  return *this;
}

graph_builder& graph_builder::expose_input(std::string name, const port_name& inner) {
  graph_.inputs.push_back({std::move(name), inner.end(), {}});
  return *this;
}

graph_builder& graph_builder::expose_output(std::string name, const port_name& inner) {
  graph_.outputs.push_back({std::move(name), inner.end(), {}});
  return *this;
}

graph_builder& graph_builder::errors(std::string id) {
  graph_.errors = std::move(id);
  return *this;
}

node_declaration& graph_builder::last() {
  if (graph_.nodes.empty())
    throw error("no_node", "add a node before saying how it runs or what it does after an error");
  return graph_.nodes.back();
}

} // namespace sluice
