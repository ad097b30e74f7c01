#pragma once

#include "runtime/cli/arguments.hpp"

#include <optional>

namespace CLI {
class App;
}

namespace sluice {

/// Adds `sluice serve` to the parser; what is chosen goes into `chosen`.
void add_serve_command(CLI::App& app, std::optional<cli_command>& chosen);

} // namespace sluice
