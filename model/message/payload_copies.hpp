#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace sluice {

/// Whether a payload of type `T` is copied when several edges share it and a node takes it; one that is not
/// can be taken by a node alone (`error("shared_payload")`). A container says of itself that it can be
/// copied, also when what it holds cannot, and then its copy does not compile. So this looks through those of
/// the standard library, and through what is made like them: a type with `value_type` and `allocator_type`.
/// A class of yours that holds such a container is to say so itself, before its first use as a payload: by a
/// deleted copy constructor, or here:
///
///     template <>
///     struct sluice::payload_copies<basket> : std::false_type {};
template <class T>
struct payload_copies;

/// The same as a value, for const types, too.
template <class T>
inline constexpr bool payload_copies_v = payload_copies<std::remove_cv_t<T>>::value;

namespace detail {

/// A container with elements of its own; not one of itself, as trees of values are.
template <class T>
concept owns_elements = requires {
  typename T::value_type;
  typename T::allocator_type;
}
&&!std::is_same_v<typename T::value_type, T>;

/// A stack or a queue on top of a container.
template <class T>
concept adapts_container = requires {
  typename T::container_type;
};

template <class T>
constexpr bool elements_copy() noexcept {
  if constexpr (owns_elements<T>)
    return payload_copies_v<typename T::value_type>;
  else if constexpr (adapts_container<T>)
    return payload_copies_v<typename T::container_type>;
  else
    return true;
}

} // namespace detail

template <class T>
struct payload_copies : std::bool_constant<std::is_copy_constructible_v<T> && detail::elements_copy<T>()> {};

template <class T>
struct payload_copies<std::optional<T>> : std::bool_constant<payload_copies_v<T>> {};
template <class T, std::size_t Size>
struct payload_copies<std::array<T, Size>> : std::bool_constant<payload_copies_v<T>> {};
template <class First, class Second>
struct payload_copies<std::pair<First, Second>>
    : std::bool_constant<payload_copies_v<First> && payload_copies_v<Second>> {};
template <class... Each>
struct payload_copies<std::tuple<Each...>> : std::bool_constant<(payload_copies_v<Each> && ...)> {};
template <class... Each>
struct payload_copies<std::variant<Each...>> : std::bool_constant<(payload_copies_v<Each> && ...)> {};

} // namespace sluice
