#include "model/edge/policy.hpp"

#include <array>

namespace sluice {

namespace {

constexpr std::array<std::string_view, 5> policies{"block", "drop", "drop_oldest", "latest", "coalesce"};
constexpr std::array<std::string_view, band_count> bands{"urgent", "high", "normal"};

template <class Enum, std::size_t N>
std::optional<Enum> parse(const std::array<std::string_view, N>& names, std::string_view name) noexcept {
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == name)
      return static_cast<Enum>(i);
  return std::nullopt;
}

} // namespace

std::string_view to_string(overflow_policy policy) noexcept {
  return policies[static_cast<std::size_t>(policy)];
}
std::string_view to_string(priority_band band) noexcept {
  return bands[static_cast<std::size_t>(band)];
}
std::optional<overflow_policy> parse_policy(std::string_view name) noexcept {
  return parse<overflow_policy>(policies, name);
}
std::optional<priority_band> parse_band(std::string_view name) noexcept {
  return parse<priority_band>(bands, name);
}
std::vector<std::string> policy_names() {
  return {policies.begin(), policies.end()};
}
std::vector<std::string> band_names() {
  return {bands.begin(), bands.end()};
}

} // namespace sluice
