#pragma once

#include "model/config/config_value.hpp"
#include "model/config/finding.hpp"

#include <cstddef>
#include <string_view>

namespace sluice {

/// Largest configuration file, in bytes.
inline constexpr std::size_t configuration_limit = std::size_t{16} << 20;
/// Deepest nesting of maps and lists, and most values after aliases are expanded.
inline constexpr std::size_t yaml_depth_limit = 128;
inline constexpr std::size_t yaml_value_limit = 1'000'000;
/// Most bytes of scalars after aliases are expanded.
inline constexpr std::size_t yaml_byte_limit = std::size_t{64} << 20;

/// What a YAML text says, and what is wrong with it.
struct yaml_document {
  /// Null when the text could not be read to its end.
  config_value root;
  findings found;
};

/// Reads one YAML document. Never throws for what is in `text`: syntax errors, second documents, duplicate
/// keys (the first one stays; DUPLICATE_NODE for node ids, SYNTAX for others), keys that are not scalars,
/// foreign tags, aliases that expand beyond the limits and too deep nesting are findings with line and column
/// (in bytes). Merge keys (`<<`) are applied. A written `null` has its own position; a value that is absent
/// has its key's.
yaml_document read_yaml(std::string_view text);

} // namespace sluice
