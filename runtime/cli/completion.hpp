#pragma once

#include "runtime/cli/command_tree.hpp"

#include <string>

namespace sluice {

/// Each returns a script that completes commands, options, their values and files.
std::string bash_completion(const command_tree& root);
std::string zsh_completion(const command_tree& root);
std::string fish_completion(const command_tree& root);

} // namespace sluice
