#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Returns ` (did you mean 'X'?)` for the candidate nearest to `wrong` by edit distance (insert, delete, replace, swap of
/// neighbours), or an empty string when none is near enough: at most a third of the letters may differ, and at least one.
std::string suggest(std::string_view wrong, const std::vector<std::string>& candidates);

} // namespace sluice
