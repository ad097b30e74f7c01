#pragma once

#include "model/message/port_type.hpp"
#include "model/node/node_type.hpp"
#include "runtime/embed/declared_ports.hpp"

#include <string>
#include <type_traits>
#include <utility>

namespace sluice {

/// Stands for the payload of ports that take or give whatever comes: those of most built-in nodes.
struct any_payload {};

/// Returns the type of a port whose payload is `T`.
template <class T>
port_type port_type_for() noexcept {
  if constexpr (std::is_same_v<T, any_payload>)
    return port_type::any();
  else
    return port_type::of<T>();
}

/// An output of a node that gives payloads of type `T`; the node's id and the port's name, nothing more.
template <class T>
struct out_port {
  /// What it gives.
  using value_type = T;

  /// `port` may stay empty where a node has one output. Validation finds out whether there is such a port and
  /// whether it gives a `T`.
  out_port(std::string id, std::string name = {}) : node(std::move(id)), port(std::move(name)) {}

  /// Itself: an output may stand where something that has one may.
  const out_port& out() const noexcept { return *this; }

  /// The id of the node.
  std::string node;
  /// The name of the output; empty: the only one.
  std::string port;
};

/// An input of a node that takes payloads of type `T`; as `out_port` otherwise.
template <class T>
struct in_port {
  /// What it takes.
  using value_type = T;

  /// As `out_port`.
  in_port(std::string id, std::string name = {}) : node(std::move(id)), port(std::move(name)) {}

  /// Itself: an input may stand where something that has one may.
  const in_port& in() const noexcept { return *this; }

  /// The id of the node.
  std::string node;
  /// The name of the input; empty: the only one.
  std::string port;
};

/// An output whose name the compiler knows, too, and says where it is joined to the wrong input.
template <port_literal Name, class T>
struct named_out_port : out_port<T> {
  /// What a class declares it as.
  using declared = port<Name, T>;
  /// That output of node `id`.
  explicit named_out_port(std::string id) : out_port<T>(std::move(id), std::string(Name.view())) {}
  /// Itself.
  const named_out_port& out() const noexcept { return *this; }
};

/// An input whose name the compiler knows, too.
template <port_literal Name, class T>
struct named_in_port : in_port<T> {
  /// What a class declares it as.
  using declared = port<Name, T>;
  /// That input of node `id`.
  explicit named_in_port(std::string id) : in_port<T>(std::move(id), std::string(Name.view())) {}
  /// Itself.
  const named_in_port& in() const noexcept { return *this; }
};

/// The port of a node that has one of that kind.
template <class T>
using only_out_port = named_out_port<"out", T>;
/// The only input of a node.
template <class T>
using only_in_port = named_in_port<"in", T>;
static_assert(only_out_port<int>::declared::name() == output_port);
static_assert(only_in_port<int>::declared::name() == input_port);

/// A node with one input and one output.
template <class In, class Out>
struct stage {
  /// What it gives: a stage may stand wherever an output may.
  using value_type = Out;

  /// Its input.
  only_in_port<In> in() const { return only_in_port<In>(node); }
  /// Its output.
  only_out_port<Out> out() const { return only_out_port<Out>(node); }

  /// The id of the node.
  std::string node;
};

namespace detail {

template <class Port>
struct require_movable_payload {
  using payload = typename Port::value_type;
  static_assert(
      std::is_same_v<payload, std::decay_t<payload>>,
      "sluice: the payload of this port is no value; leave out the reference, const or array (see Port)");
  static_assert(std::is_move_constructible_v<payload>,
                "sluice: the payload of this port must be movable; wrap that type in std::unique_ptr or "
                "std::shared_ptr (see Port)");
};

/// Says what to do where a payload has to be known.
template <class Payload>
struct require_known_payload {
  static_assert(!std::is_same_v<Payload, any_payload>,
                "sluice: what this output carries is not known here; name it: "
                "out_port<sluice::json>(\"parse\")");
};

/// What the compiler knows of the port of an end of an edge.
template <class End>
struct port_of_end {
  using type = port<"named at run time", typename End::value_type>;
};
template <class End>
requires requires {
  typename End::declared;
}
struct port_of_end<End> {
  using type = typename End::declared;
};

/// Names both ports and their payloads in what the compiler says.
template <class OutputPort, class InputPort>
struct wire_output_to_input {
  using given = typename OutputPort::value_type;
  using taken = typename InputPort::value_type;
  static_assert(std::is_same_v<given, taken> || std::is_same_v<given, any_payload> ||
                    std::is_same_v<taken, any_payload>,
                "sluice: this output does not carry the payload of this input (see OutputPort and "
                "InputPort); put a map between them that turns one into the other");
};

/// How `Function` wants a `Payload`: to read it, or to have it.
template <class Payload, class Function>
struct function_of_payload : require_known_payload<Payload> {
  static constexpr bool reads = std::is_invocable_v<Function&, const Payload&>;
  static_assert(reads || std::is_invocable_v<Function&, Payload&&>,
                "sluice: this function does not take the payload of the output it is wired to (see Payload); "
                "give it a parameter of type const Payload& or Payload&&, or put a map before it");
  static_assert(std::is_copy_constructible_v<Function>,
                "sluice: a node's function is copied for each start; capture what cannot be copied by "
                "std::shared_ptr");
};

} // namespace detail

} // namespace sluice
