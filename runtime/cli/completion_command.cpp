#include "runtime/cli/command_line.hpp"
#include "runtime/cli/commands.hpp"
#include "runtime/cli/completion.hpp"
#include "runtime/cli/exit_status.hpp"

#include <ostream>

namespace sluice {

int execute(const completion_arguments& arguments, const node_catalog& catalog, cli_streams& streams) {
  auto root = describe_command_line();
  for (auto& command : root.subcommands)
    if (command.name == "nodes")
      command.choices = catalog.names();
  streams.out << (arguments.shell == "bash"  ? bash_completion(root)
                  : arguments.shell == "zsh" ? zsh_completion(root)
                                             : fish_completion(root));
  return exit_status::success;
}

} // namespace sluice
