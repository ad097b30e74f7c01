#pragma once

#include "runtime/cli/cli_streams.hpp"

#include <string>

namespace sluice {

/// Returns `file` as it is shown: `<stdin>` for `-`.
std::string input_name(const std::string& file);

/// Returns the whole of `file`, or of standard input for `-`, of which more than `configuration_limit` bytes
/// are not read. Throws as `read_text_file`.
std::string read_input(const std::string& file, cli_streams& streams);

} // namespace sluice
