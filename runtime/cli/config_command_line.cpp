#include "runtime/cli/config_command_line.hpp"

#include "runtime/cli/command_options.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <memory>
#include <string>

namespace sluice {

namespace {

/// Adds a command whose values live as long as the parser, which keeps the callbacks.
std::pair<CLI::App&, config_arguments&> add(CLI::App& group, const char* name, const char* description,
                                            config_action action, std::optional<cli_command>& chosen) {
  auto given = std::make_shared<config_arguments>();
  given->action = action;
  auto& command = *group.add_subcommand(name, description);
  command.callback([given, &chosen] { chosen = *given; });
  return {command, *given};
}

} // namespace

void add_config_commands(CLI::App& app, std::optional<cli_command>& chosen) {
  auto& group = *app.add_subcommand("config", "Show and check the configuration of a server");
  group.require_subcommand(1);
  group.footer("SLUICE_* variables override the file, here as in `sluice serve`.");

  auto [show, shown] =
      add(group, "show", "Print every setting with its value, what it means and where it is from",
          config_action::show, chosen);
  show.add_option("--config", shown.file, "The configuration file; without it, the defaults")
      ->type_name("FILE");
  add_choice(
      show, "--output", {"yaml", "json"},
      [&json = shown.json](const std::string& form) { json = form == "json"; },
      "How they are printed (default yaml, which is a configuration file itself)");
  show.footer("Secrets are never printed.");

  auto [validate, checked] = add(group, "validate", "Report everything that is wrong with a configuration",
                                 config_action::validate, chosen);
  validate.add_option("FILE", checked.file, "The configuration file")->required()->type_name("FILE");
  add_choice(
      validate, "--output", {"text", "json"},
      [&json = checked.json](const std::string& form) { json = form == "json"; },
      "How findings are printed (default text)");
  validate.footer("Exit status 78 when an error is among them.");
}

} // namespace sluice
