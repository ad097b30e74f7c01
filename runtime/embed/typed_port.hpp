#pragma once

#include "model/message/port_type.hpp"
#include "model/node/node_type.hpp"

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
  using value_type = T;

  /// `port` may stay empty where a node has one output. Validation finds out whether there is such a port and
  /// whether it gives a `T`.
  out_port(std::string id, std::string name = {}) : node(std::move(id)), port(std::move(name)) {}

  const out_port& out() const noexcept { return *this; }

  std::string node;
  std::string port;
};

/// An input of a node that takes payloads of type `T`; as `out_port` otherwise.
template <class T>
struct in_port {
  using value_type = T;

  in_port(std::string id, std::string name = {}) : node(std::move(id)), port(std::move(name)) {}

  const in_port& in() const noexcept { return *this; }

  std::string node;
  std::string port;
};

/// A node with one input and one output.
template <class In, class Out>
struct stage {
  /// What it gives: a stage may stand wherever an output may.
  using value_type = Out;

  in_port<In> in() const { return {node, input_port}; }
  out_port<Out> out() const { return {node, output_port}; }

  std::string node;
};

namespace detail {

template <class Payload>
struct require_movable_payload {
  static_assert(std::is_same_v<Payload, std::decay_t<Payload>>,
                "sluice: a payload is a value; leave out the reference, const or array");
  static_assert(std::is_move_constructible_v<Payload>,
                "sluice: a payload must be movable; wrap this type in std::unique_ptr or std::shared_ptr");
};

/// Names both payloads in what the compiler says.
template <class OutputPayload, class InputPayload>
struct wire_output_to_input {
  static_assert(std::is_same_v<OutputPayload, InputPayload> || std::is_same_v<OutputPayload, any_payload> ||
                    std::is_same_v<InputPayload, any_payload>,
                "sluice: this output does not carry the payload of this input (see OutputPayload and "
                "InputPayload); put a map between them that turns one into the other");
};

/// How `Function` wants a `Payload`: to read it, or to have it.
template <class Payload, class Function>
struct function_of_payload {
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
