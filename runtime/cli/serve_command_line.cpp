#include "runtime/cli/serve_command_line.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <memory>

namespace sluice {

void add_serve_command(CLI::App& app, std::optional<cli_command>& chosen) {
  auto given = std::make_shared<serve_arguments>();
  auto& command = *app.add_subcommand("serve", "Serve durable runs and flows over HTTP, and work on them");
  command.add_option("--config", given->config, "The configuration file; without it, the defaults")
      ->type_name("FILE");
  command.footer("`sluice config show` prints every setting; SLUICE_* variables override the file. SIGTERM "
                 "stops in order,\n"
                 "a second one at once; SIGHUP reads the configuration again.");
  command.callback([given, &chosen] { chosen = *given; });
}

} // namespace sluice
