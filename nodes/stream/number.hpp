#pragma once

#include "model/message/json.hpp"

#include <cstdint>
#include <optional>

namespace sluice {

/// A number of a JSON document: whole ones stay exact.
struct number {
  bool whole = true;
  std::int64_t integer = 0;
  double real = 0;

  static number of(std::int64_t value) noexcept { return {true, value, static_cast<double>(value)}; }
  static number of(double value) noexcept { return {false, 0, value}; }

  friend bool operator<(const number& a, const number& b) noexcept {
    return a.whole && b.whole ? a.integer < b.integer : a.real < b.real;
  }
};

/// Returns the number, or nothing when `value` is not one. Whole numbers beyond 63 bits become doubles.
std::optional<number> as_number(const json& value);

/// Returns the number as JSON; infinities become null.
json to_json(const number& value);

} // namespace sluice
