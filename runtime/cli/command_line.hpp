#pragma once

#include "runtime/cli/arguments.hpp"
#include "runtime/cli/command_tree.hpp"

#include <string>
#include <variant>

namespace sluice {

/// There is nothing to do but to print: help, the version, or what is wrong with the command line.
struct cli_answer {
  int status = 0;
  std::string out;
  std::string err;
};

/// Returns what a command line asks for.
std::variant<cli_command, cli_answer> parse_command_line(int argc, const char* const* argv);

/// Returns all commands and options, for completion.
command_tree describe_command_line();

/// Returns `0.1.0`, and `sluice 0.1.0`.
std::string version_number();
std::string version_text();

} // namespace sluice
