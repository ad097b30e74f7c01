#pragma once

#include "runtime/cli/arguments.hpp"

#include <optional>

namespace CLI {
class App;
}

namespace sluice {

/// Adds the command `runs` with its own commands. When one of them is parsed, what it asks for is put into
/// `chosen`, which must outlive the parser.
void add_runs_commands(CLI::App& app, std::optional<cli_command>& chosen);

} // namespace sluice
