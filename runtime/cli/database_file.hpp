#pragma once

#include "runtime/cli/cli_streams.hpp"

#include <filesystem>
#include <string>

namespace sluice {

/// Returns the database that `option` (of `--db`) or else SLUICE_DB names. Throws `error("no_database")`,
/// which is a mistake on the command line.
std::filesystem::path find_database(const std::string& option, const cli_streams& streams);

/// Throws `error("not_found")` when there is no file at `path`.
void require_database(const std::filesystem::path& path);

} // namespace sluice
