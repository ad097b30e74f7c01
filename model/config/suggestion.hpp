#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Returns the candidate nearest to `wrong`, as `suggest` finds it, or nullptr. Valid while `candidates` is.
const std::string* nearest(std::string_view wrong, const std::vector<std::string>& candidates);

/// Returns ` (did you mean 'X'?)` for the candidate nearest to `wrong` by edit distance (insert, delete,
/// replace, swap of neighbours), or an empty string when none is near enough: a third of the letters may
/// differ, in short names one, and something must be left in common. Without one, the shortest candidate that
/// begins with `wrong`, of three letters or more, is it. Names of more than 128 characters are not compared.
std::string suggest(std::string_view wrong, const std::vector<std::string>& candidates);

} // namespace sluice
