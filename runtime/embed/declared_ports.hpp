#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <tuple>

namespace sluice {

/// The name of a port as the compiler knows it: `port<"left", double>`. Not made by hand.
template <std::size_t Size>
struct port_literal {
  // NOLINTNEXTLINE(google-explicit-constructor): a literal is the name
  /// The literal is the name.
  consteval port_literal(const char (&literal)[Size]) { std::copy_n(literal, Size, text); }

  /// The name.
  constexpr std::string_view view() const noexcept { return {text, Size - 1}; }

  // An array of characters: g++ then writes the name into its errors as the literal that it was.
  /// The name, and a NUL.
  char text[Size]{};
};

/// A port that a class of node declares: its name, and the payload that it takes or gives.
template <port_literal Name, class T>
struct port {
  /// The payload.
  using value_type = T;
  /// The name, for the compiler.
  static constexpr auto literal = Name;
  /// The name.
  static constexpr std::string_view name() noexcept { return Name.view(); }
};

namespace detail {

/// Where the port of that name stands in `Ports`. Names the port in what the compiler says.
template <port_literal Name, class... Ports>
struct find_port {
  static constexpr std::size_t position() noexcept {
    std::size_t at = 0;
    (void)((Ports::name() == Name.view() || (++at, false)) || ...);
    return at;
  }
  static_assert(position() < sizeof...(Ports),
                "sluice: this node has no port of that name on that side (see Name, and the Ports it has)");
};

template <class... Ports>
constexpr bool have_names_of_their_own() {
  const std::array<std::string_view, sizeof...(Ports)> names{Ports::name()...};
  for (auto one = names.begin(); one != names.end(); ++one)
    if (std::find(one + 1, names.end(), *one) != names.end())
      return false;
  return true;
}

} // namespace detail

/// The inputs or the outputs that a class of node declares, in the order of their indices:
///
///     struct split : node {
///       using inputs = ports<port<"in", double>>;
///       using outputs = ports<port<"small", double>, port<"large", double>>;
///       void on_message(node_context& context, std::size_t, message& in) override {
///         context.emit(in.get<double>() < 100 ? outputs::index<"small">() : outputs::index<"large">(),
///         std::move(in));
///       }
///     };
template <class... Ports>
struct ports {
  static_assert(detail::have_names_of_their_own<Ports...>(),
                "sluice: two ports of one node have the same name");

  /// How many there are.
  static constexpr std::size_t count = sizeof...(Ports);

  /// The index of the port of that name, as `emit` takes it and `on_message` gives it. An unknown name does
  /// not compile.
  template <port_literal Name>
  static consteval std::size_t index() {
    (void)detail::find_port<Name, Ports...>();
    return detail::find_port<Name, Ports...>::position();
  }
  /// The port of that name, and the one at that index.
  template <port_literal Name>
  using named = std::tuple_element_t<index<Name>(), std::tuple<Ports...>>;
  /// The port at that index.
  template <std::size_t Index>
  using at = std::tuple_element_t<Index, std::tuple<Ports...>>;
};

} // namespace sluice
