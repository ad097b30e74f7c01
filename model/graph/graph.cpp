#include "model/graph/graph.hpp"

#include <algorithm>
#include <array>

namespace sluice {

namespace {

constexpr std::array<std::string_view, 4> policies{"continue", "emit_error", "restart", "fail"};

} // namespace

std::string_view to_string(error_policy policy) noexcept {
  return policies[static_cast<std::size_t>(policy)];
}

std::optional<error_policy> parse_error_policy(std::string_view name) noexcept {
  const auto* found = std::find(policies.begin(), policies.end(), name);
  if (found == policies.end())
    return std::nullopt;
  return static_cast<error_policy>(found - policies.begin());
}

std::vector<std::string> error_policy_names() {
  return {policies.begin(), policies.end()};
}

} // namespace sluice
