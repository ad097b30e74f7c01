#pragma once

#include <string>
#include <vector>

namespace sluice {

/// What may be typed after a command; made from the parser's own tree, so that it cannot differ from it.
struct command_option {
  /// `--summary`, `-q`.
  std::vector<std::string> names;
  std::string description;
  bool takes_value = false;
  /// The value is a file.
  bool takes_file = false;
  /// The values it takes, if they are few.
  std::vector<std::string> choices;
};

struct command_tree {
  std::string name;
  std::string description;
  std::vector<command_option> options;
  /// A positional argument is a file.
  bool takes_file = false;
  /// The values of a positional argument, if they are few.
  std::vector<std::string> choices;
  std::vector<command_tree> subcommands;
};

} // namespace sluice
