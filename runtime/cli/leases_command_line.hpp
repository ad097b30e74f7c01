#pragma once

#include "runtime/cli/arguments.hpp"

#include <optional>

namespace CLI {
class App;
}

namespace sluice {

/// Adds the commands `leases` and `audit`, as `add_runs_commands` does.
void add_leases_commands(CLI::App& app, std::optional<cli_command>& chosen);

} // namespace sluice
