#pragma once

#include <filesystem>
#include <string>

namespace sluice {

/// Returns what a database says of the rules that were copied from a directory (`sync_rules`): the same
/// whoever copies them, however the directory is written.
std::string rule_source(const std::filesystem::path& directory);

} // namespace sluice
