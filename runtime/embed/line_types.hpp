#pragma once

#include "model/node/node_type.hpp"
#include "runtime/embed/flow_runtime.hpp"
#include "runtime/embed/inlet.hpp"
#include "runtime/embed/outlet.hpp"

#include <memory>
#include <string>
#include <utility>

/// Inlets and outlets for graphs that are written in YAML: node types of a program's own catalog.
///
///     auto lines = make_inlet<text>("lines");
///     catalog.add(inlet_type(lines));                // nodes: { from_us: { type: lines } }
namespace sluice {

/// Returns an inlet that no graph has yet. Throws `error("bad_value")` for a capacity of 0.
template <class T>
inlet<T> make_inlet(std::string name, std::size_t capacity = inlet_capacity) {
  return detail::line_access::make<inlet<T>>(std::make_shared<inlet_queue<T>>(std::move(name), capacity));
}

/// Returns an outlet that no graph has yet, likewise.
template <class T>
outlet<T> make_outlet(std::string name, std::size_t capacity = defaults::edge_capacity) {
  return detail::line_access::make<outlet<T>>(std::make_shared<outlet_queue<T>>(std::move(name), capacity));
}

/// Returns a source type with the inlet's name. One node of one flow may be of it: a second fails to start
/// with `line_in_use` or `line_over`. The type does not keep the inlet open.
template <class T>
node_type inlet_type(const inlet<T>& from) {
  const auto queue = detail::line_access::queue_of(from);
  node_type type;
  type.name = queue->name();
  type.category = "source";
  type.summary = "What the program around the flow pushes.";
  type.ports = {{}, {{output_port, port_type_for<T>(), {}}}};
  type.make = [queue](const options&) { return std::make_unique<detail::inlet_node<T>>(queue); };
  return type;
}

/// Returns a sink type with the outlet's name, likewise.
template <class T>
node_type outlet_type(const outlet<T>& to) {
  const auto queue = detail::line_access::queue_of(to);
  node_type type;
  type.name = queue->name();
  type.category = "sink";
  type.summary = "What the program around the flow pulls.";
  type.ports = {{{input_port, port_type_for<T>(), {}}}, {}};
  type.make = [queue](const options&) { return std::make_unique<detail::outlet_node<T>>(queue); };
  return type;
}

/// Ends an inlet or an outlet when the flow has ended without having made its node: it failed before, or has
/// none of that type. `flow_builder::start` does it for its own.
template <class Line>
void end_with(const flow& running, const Line& line) {
  running.when_ended(
      [queue = detail::line_access::queue_of(line)](const flow_summary&) { queue->end_if_unserved(); });
}

} // namespace sluice
