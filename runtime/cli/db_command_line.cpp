#include "runtime/cli/db_command_line.hpp"

#include "runtime/cli/command_options.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <memory>

namespace sluice {

namespace {

CLI::App& add(CLI::App& group, const char* name, const char* description, db_action action,
              std::optional<cli_command>& chosen) {
  auto given = std::make_shared<db_arguments>();
  given->action = action;
  auto& command = *group.add_subcommand(name, description);
  command.callback([given, &chosen] { chosen = *given; });
  command.add_option("FILE", given->file, "The database file")->required()->type_name("FILE");
  if (action == db_action::backup)
    command.add_option("TO", given->to, "The file to make; it must not be there yet")
        ->required()
        ->type_name("FILE");
  if (action == db_action::vacuum)
    command.add_flag("--force", given->force, "Also while runs are worked on and there is much to copy");
  add_output(command, given->json);
  return command;
}

} // namespace

void add_db_commands(CLI::App& app, std::optional<cli_command>& chosen) {
  auto& group = *app.add_subcommand("db", "Migrate, check, back up and vacuum a database of durable runs");
  group.require_subcommand(1);
  group.footer("Other processes may go on using the database meanwhile.");
  add(group, "migrate", "Bring the schema up to date; makes the file when it is not there",
      db_action::migrate, chosen);
  add(group, "check", "Look for damage and contradictions", db_action::check, chosen)
      .footer("Reads all of it. Exit status 1 when something is wrong.");
  add(group, "backup", "Copy the database as it is at one moment", db_action::backup, chosen);
  add(group, "vacuum", "Give unused room back to the file system; writers wait meanwhile", db_action::vacuum,
      chosen)
      .footer(
          "Copies what is in use twice, which has to have room beside the database, and takes some ten "
          "seconds for a gigabyte. Other writers wait, and fail after ten. Runs that are worked on may lose "
          "their leases: refused while there are any and more than 256 MB to copy, unless --force is given.");
}

} // namespace sluice
