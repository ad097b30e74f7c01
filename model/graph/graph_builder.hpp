#pragma once

#include "model/graph/graph.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

/// A node, or one of its ports: `"parse"`, `"route.else"` or `{"route", "else"}`. Without a port it means the
/// only port of its direction not named `error`.
class port_name {
public:
  /// Splits at the dot, as below.
  port_name(const char* text) : port_name(std::string_view(text)) {}
  /// Splits at the dot, as below.
  port_name(const std::string& text) : port_name(std::string_view(text)) {}
  /// Splits at the dot, if there is one; names have none.
  port_name(std::string_view text);
  /// That port of that node.
  port_name(std::string node, std::string port) : end_{std::move(node), std::move(port)} {}

  /// As a graph has it.
  const endpoint& end() const noexcept { return end_; }

private:
  endpoint end_;
};

/// Writes graphs in C++. Nothing is checked here: `validate` reports every mistake at once.
///
///     struct double_it : sluice::node {
///       void on_message(sluice::node_context& context, std::size_t, sluice::message& in) override {
///         context.emit(0, in.with(2 * in.get<int>()));
///       }
///     };
///
///     auto pipeline = sluice::graph_builder("doubles")
///                       .add<count_to>("numbers", sluice::source_of<int>(), 10)
///                       .add<double_it>("double", sluice::one_to_one<int, int>())
///                       .add_type("print", "stdout", {{"format", "text"}})
///                       .connect("numbers", "double")
///                       .connect("double", "print", {.capacity = 64, .policy =
///                       sluice::overflow_policy::drop_oldest}) .build();
///     auto checked = sluice::validate(pipeline, catalog);
class graph_builder {
public:
  /// An empty graph.
  explicit graph_builder(std::string name = "flow") { graph_.name = std::move(name); }

  /// Adds a C++ node. `make` is called for each start and restart, from any thread.
  graph_builder& add(std::string id, std::function<std::unique_ptr<node>()> make, node_ports ports);
  /// Adds a C++ node of class `T`, made from copies of `arguments`.
  template <class T, class... Args>
  graph_builder& add(std::string id, node_ports ports, Args... arguments) {
    return add(
        std::move(id),
        [arguments...]() -> std::unique_ptr<node> { return std::make_unique<T>(arguments...); },
        std::move(ports));
  }
  /// Adds a node of a type of the catalog; options are written as in YAML.
  graph_builder& add_type(std::string id, std::string type,
                          const std::vector<std::pair<std::string, std::string>>& given = {});
  /// The same with options that are lists or maps.
  graph_builder& add_type(std::string id, std::string type, config_value given);
  /// Adds a graph as one node; its exposed ports are the node's.
  graph_builder& add_graph(std::string id, graph inner);

  /// What the node added last does after an error.
  graph_builder& on_error(error_settings settings);
  /// How the node added last runs; without it as its type says, and C++ nodes cooperatively.
  graph_builder& execution(execution_kind kind);

  /// Joins an output to an input. Several edges may leave one port (each gets every message) or enter one.
  graph_builder& connect(const port_name& from, const port_name& to, edge_settings settings = {});

  /// Makes an inner port one of this graph's own.
  graph_builder& expose_input(std::string name, const port_name& inner);
  /// The same for an output.
  graph_builder& expose_output(std::string name, const port_name& inner);

  /// Sends every error that no edge takes to the only input of `id`.
  graph_builder& errors(std::string id);

  /// Returns the graph as it stands; the builder may go on.
  graph build() const { return graph_; }

private:
  node_declaration& last();

  graph graph_;
};

/// Ports `in` and `out` of a node that turns an `In` into an `Out`.
template <class In, class Out>
node_ports one_to_one() {
  return {{{input_port, port_type::of<In>(), {}}}, {{output_port, port_type::of<Out>(), {}}}};
}

/// The port `out` of a source.
template <class Out>
node_ports source_of() {
  return {{}, {{output_port, port_type::of<Out>(), {}}}};
}

/// The port `in` of a sink.
template <class In>
node_ports sink_of() {
  return {{{input_port, port_type::of<In>(), {}}}, {}};
}

} // namespace sluice
