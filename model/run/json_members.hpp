#pragma once

#include "model/config/finding.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice {

/// Returns the path of member `name` of the value at `path`: `steps.build`, or `steps["two words"]` for what
/// is no name. Of the document itself, `path` is empty.
std::string member_path(const std::string& path, std::string_view name);
/// Returns the path of item `index` (from 0) of the list at `path`: `steps.build.deps[0]`.
std::string item_path(const std::string& path, std::size_t index);

/// Appends a DUPLICATE_KEY finding for each member of `text` whose name its object has already, with its path
/// below `path`. A parsed `json` no longer knows: the last value has won. Text that is not JSON gives none;
/// escapes are resolved before names are compared.
void find_duplicate_members(std::string_view text, const std::string& path, findings& out);

} // namespace sluice
