#pragma once

#include "model/message/message.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Every data message carries a number that tells who emitted it, on which port, and as the how-manieth.
namespace sluice::stress {

inline constexpr unsigned sequence_bits = 44;
inline constexpr unsigned port_bits = 4;

inline std::uint64_t number_for(std::size_t node, std::size_t port, std::uint64_t sequence) {
  return (static_cast<std::uint64_t>(node) << (sequence_bits + port_bits)) |
         (static_cast<std::uint64_t>(port) << sequence_bits) | sequence;
}
inline std::size_t node_of(std::uint64_t number) {
  return static_cast<std::size_t>(number >> (sequence_bits + port_bits));
}
inline std::size_t port_of(std::uint64_t number) {
  return static_cast<std::size_t>((number >> sequence_bits) & ((1U << port_bits) - 1));
}
inline std::uint64_t sequence_of(std::uint64_t number) {
  return number & ((std::uint64_t{1} << sequence_bits) - 1);
}

/// Returns the number in `from`, as it is or as text; nothing for an error message.
inline std::optional<std::uint64_t> find_number(const message& from) {
  if (const auto* number = from.get_if<std::uint64_t>())
    return *number;
  if (const auto* written = from.get_if<text>()) {
    const std::string_view digits = written->view();
    std::uint64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
  }
  return std::nullopt;
}

} // namespace sluice::stress
