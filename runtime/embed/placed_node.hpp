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

/// Has the payload of the first output: that of the node, if it is the only one.
template <class Outputs>
struct first_output {};
template <class Port, class... Others>
struct first_output<ports<Port, Others...>> {
  using value_type = typename Port::value_type;
};

template <class Outputs>
struct one_of_outputs {
  static_assert(Outputs::count == 1,
                "sluice: this node has several ports on that side; name one: node.out<\"…\">()");
};
template <class Inputs>
struct one_of_inputs {
  static_assert(Inputs::count == 1,
                "sluice: this node has several ports on that side; name one: node.in<\"…\">()");
};

/// The ends of edges that a node without a port's name stands for; missing where it has no port.
template <class Ports>
struct first_port {};
template <class Port, class... Others>
struct first_port<ports<Port, Others...>> {
  using output = named_out_port<Port::literal, typename Port::value_type>;
  using input = named_in_port<Port::literal, typename Port::value_type>;
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
/// wherever an output may, with one input wherever an input may; with several, a name has to be given.
template <declares_ports Node>
struct placed_node : detail::first_output<typename detail::outputs_of<Node>::type> {
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

  // What they return stands in the declaration, so that concepts may ask about a node of several ports, too.
  /// The only input. Of several one has to be named: this does not compile then.
  template <class Inputs = inputs>
  auto in() const -> typename detail::first_port<Inputs>::input {
    (void)detail::one_of_inputs<Inputs>();
    return typename detail::first_port<Inputs>::input(node);
  }
  /// The only output, likewise.
  template <class Outputs = outputs>
  auto out() const -> typename detail::first_port<Outputs>::output {
    (void)detail::one_of_outputs<Outputs>();
    return typename detail::first_port<Outputs>::output(node);
  }

  /// The id of the node.
  std::string node;
};

namespace detail {

/// Says what to do where `From` is a node of several outputs.
template <class From>
struct require_only_output {};
template <class Node>
struct require_only_output<placed_node<Node>> : one_of_outputs<typename placed_node<Node>::outputs> {};
/// The same for inputs.
template <class To>
struct require_only_input {};
template <class Node>
struct require_only_input<placed_node<Node>> : one_of_inputs<typename placed_node<Node>::inputs> {};

template <class From>
struct only_output : require_only_output<From> {
  using value_type = typename From::value_type;
};
/// What comes out of `From`.
template <class From>
using payload_of_output = typename only_output<From>::value_type;

} // namespace detail

} // namespace sluice
