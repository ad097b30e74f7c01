#pragma once

#include "model/config/finding.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace sluice {

/// Deepest nesting of `[` and `{` that is handed to the YAML parser. The parser keeps every bracket that is
/// still open in memory before it reports the first one, so depth has to be bounded before it sees the text.
inline constexpr std::size_t yaml_bracket_limit = 1000;

/// Returns a SYNTAX finding when `text` is not fit for the YAML parser: brackets nested deeper than
/// `yaml_bracket_limit`, or control characters (the parser takes U+0004 for the end of the file).
/// Knows quotes, comments, block scalars and plain scalars; linear in time, constant in memory.
std::optional<finding> guard_yaml(std::string_view text);

} // namespace sluice
