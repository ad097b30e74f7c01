#include "nodes/stream/number.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>

namespace sluice {

std::optional<number> as_number(const json& value) {
  const auto& found = value.value();
  if (found.is_number_unsigned()) {
    const auto magnitude = found.get<std::uint64_t>();
    if (magnitude <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      return number::of(static_cast<std::int64_t>(magnitude));
    return number::of(static_cast<double>(magnitude));
  }
  if (found.is_number_integer())
    return number::of(found.get<std::int64_t>());
  if (found.is_number_float() && std::isfinite(found.get<double>()))
    return number::of(found.get<double>());
  return std::nullopt;
}

json to_json(const number& value) {
  if (value.whole)
    return json(nlohmann::ordered_json(value.integer));
  return std::isfinite(value.real) ? json(nlohmann::ordered_json(value.real)) : json();
}

} // namespace sluice
