#pragma once

#include "runtime/cli/arguments.hpp"

#include <optional>

namespace CLI {
class App;
}

namespace sluice {

/// Adds the command `top`, as `add_runs_commands` does.
void add_top_command(CLI::App& app, std::optional<cli_command>& chosen);

} // namespace sluice
