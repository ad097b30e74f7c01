#include "runtime/cli/leases_command_line.hpp"

#include "runtime/cli/command_options.hpp"
#include "runtime/cli/grouped_command.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <limits>
#include <memory>

namespace sluice {

namespace {

/// Numbers of rows are signed in the database.
constexpr std::uint64_t highest_number = std::numeric_limits<std::int64_t>::max();

void add_limit(CLI::App& command, std::size_t& limit, const char* description) {
  command.add_option("--limit", limit, description)
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
      ->type_name("N");
}

void add_leases(CLI::App& app, std::optional<cli_command>& chosen) {
  auto& group = *app.add_subcommand("leases", "Look at a server's leases on runs, and take one away");
  group.require_subcommand(1);
  CLI::App* made = nullptr;
  auto& list = add_grouped<leases_arguments, leases_list_arguments>(
      group, "list", "List who is on which run, and for how long", chosen, made);
  add_limit(*made, list.action.limit, "How many at most (default 100)");
  add_server(*made, list.common.server);
  add_output(*made, list.common.json);
  auto& release = add_grouped<leases_arguments, leases_release_arguments>(
      group, "release", "Take a run from its owner, whose writes are refused from then on", chosen, made);
  add_run_id(
      *made, "RUN", [&release](const uuid& run) { release.action.run = run; }, "The run's id")
      ->required();
  add_server(*made, release.common.server);
  add_output(*made, release.common.json);
  made->footer("For an owner that hangs: another worker takes the run at once, and its unfinished attempts "
               "count as lost.\nThe server writes down who did it.");
}

void add_audit(CLI::App& app, std::optional<cli_command>& chosen) {
  auto& group = *app.add_subcommand("audit", "Look at who changed what on a server");
  group.require_subcommand(1);
  auto given = std::make_shared<audit_arguments>();
  auto& list = *group.add_subcommand("list", "List changes, oldest first");
  list.add_option("--since", given->since, "Only changes after this number")
      ->check(CLI::Range(std::uint64_t{0}, highest_number))
      ->type_name("N");
  add_limit(list, given->limit, "How many at most (default 1000)");
  add_server(list, given->server);
  add_output(list, given->json);
  list.callback([given, &chosen] { chosen = *given; });
}

} // namespace

void add_leases_commands(CLI::App& app, std::optional<cli_command>& chosen) {
  add_leases(app, chosen);
  add_audit(app, chosen);
}

} // namespace sluice
