#pragma once

#include <string_view>

namespace sluice {

/// Returns true for `[A-Za-z_][A-Za-z0-9_-]*` of at most 128 characters: the names of nodes, ports, steps and
/// lanes.
bool is_valid_name(std::string_view name) noexcept;

} // namespace sluice
