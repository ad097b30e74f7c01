#pragma once

#include "runtime/cli/arguments.hpp"

#include <optional>

namespace CLI {
class App;
}

namespace sluice {

/// Adds the command `rules` with its own commands, as `add_runs_commands` does.
void add_rules_commands(CLI::App& app, std::optional<cli_command>& chosen);

} // namespace sluice
