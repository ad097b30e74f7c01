#pragma once

#include "runtime/config/graph_loader.hpp"

#include <string>

namespace sluice {

/// Returns whether a file of this name is a terminal, as /dev/tty is, and /dev/stdout may be. Opens nothing.
bool is_terminal(const std::string& path);

/// Returns whether the nodes of a valid graph themselves may use the terminal, so that live lines would erase
/// what they print there: `stdout`, an `exec` sink (its command inherits stdout) when stdout is a terminal,
/// and a `file` that is one.
bool uses_terminal(const loaded_graph& graph, bool out_is_terminal);

} // namespace sluice
