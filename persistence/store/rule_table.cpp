#include "persistence/store/rule_table.hpp"

#include <array>

namespace sluice {

namespace {

constexpr std::array<std::string_view, 4> kind_names = {"defined", "removed", "state", "expired"};

} // namespace

std::string_view to_string(rule_change_kind kind) noexcept {
  return kind_names[static_cast<std::size_t>(kind)];
}

std::optional<rule_change_kind> parse_rule_change_kind(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kind_names.size(); ++i)
    if (kind_names[i] == name)
      return static_cast<rule_change_kind>(i);
  return std::nullopt;
}

} // namespace sluice
