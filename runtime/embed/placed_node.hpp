#pragma once

#include "runtime/embed/typed_port.hpp"

#include <concepts>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

namespace detail {

template <class Node>
struct inputs_of {
  using type = ports<>;
};
template <class Node>
requires requires {
  typename Node::inputs;
}
struct inputs_of<Node> {
  using type = typename Node::inputs;
};

template <class Node>
struct outputs_of {
  using type = ports<>;
};
template <class Node>
requires requires {
  typename Node::outputs;
}
struct outputs_of<Node> {
  using type = typename Node::outputs;
};

/// Has the payload of the output, where there is one only.
template <class Outputs>
struct only_output {};
template <class Port>
struct only_output<ports<Port>> {
  using value_type = typename Port::value_type;
};

template <class... Ports>
std::vector<port_spec> specs_of(ports<Ports...>) {
  ((void)require_movable_payload<Ports>(), ...);
  return {port_spec{std::string(Ports::name()), port_type_for<typename Ports::value_type>(), {}}...};
}

} // namespace detail

/// A class of node that says what its ports are: `using inputs = ports<…>`, `using outputs = ports<…>`, or
/// one of them.
template <class Node>
concept declares_ports = std::derived_from<Node, node> &&(
    requires { typename Node::inputs; } || requires { typename Node::outputs; });

/// The ports that a class of node declares, for `node_type::ports`.
template <declares_ports Node>
node_ports ports_of() {
  return {detail::specs_of(typename detail::inputs_of<Node>::type()),
          detail::specs_of(typename detail::outputs_of<Node>::type())};
}

/// A node of a class that declares its ports; the node's id, nothing more. With one output it may stand
/// wherever an output may, with one input wherever an input may.
template <declares_ports Node>
struct placed_node : detail::only_output<typename detail::outputs_of<Node>::type> {
  /// What its class declares.
  using inputs = typename detail::inputs_of<Node>::type;
  /// What its class declares.
  using outputs = typename detail::outputs_of<Node>::type;

  /// The node of that id.
  explicit placed_node(std::string id) : node(std::move(id)) {}

  /// The port of that name. An unknown name does not compile.
  template <port_literal Name>
  auto in() const {
    return named_in_port<Name, typename inputs::template named<Name>::value_type>(node);
  }
  /// The output of that name, likewise.
  template <port_literal Name>
  auto out() const {
    return named_out_port<Name, typename outputs::template named<Name>::value_type>(node);
  }

  /// The only one of that side.
  auto in() const requires(inputs::count == 1) { return in<inputs::template at<0>::literal>(); }
  /// The only output.
  auto out() const requires(outputs::count == 1) { return out<outputs::template at<0>::literal>(); }

  /// The id of the node.
  std::string node;
};

} // namespace sluice
