#pragma once

#include "model/rules/compiled_rules.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// The ids of the rules that tag a command.
inline std::string tags_of(const compiled_rules& rules, const std::string& kind, std::string_view command) {
  std::vector<std::size_t> found;
  rules.match(
      kind,
      [&](std::string_view field) -> const std::string_view* {
        return field == "command" ? &command : nullptr;
      },
      found);
  std::string ids;
  for (const auto index : found)
    ids += (ids.empty() ? "" : " ") + rules.rules()[index].definition->id;
  return ids;
}

inline std::string tags_of(const rule_view& view, utc_time now, std::string_view command) {
  return tags_of(*compiled_rules::compile(view, now), "ssh", command);
}

} // namespace sluice
