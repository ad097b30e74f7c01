#include "runtime/cli/top_command_line.hpp"

#include "model/config/quantity.hpp"
#include "runtime/cli/command_options.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include <memory>
#include <string>

namespace sluice {

namespace {

std::string interval_complaint(const std::string& text) {
  const auto interval = parse_duration(text);
  if (interval && *interval >= std::chrono::milliseconds{100} && *interval <= std::chrono::hours{1})
    return {};
  return fmt::format("'{}' is not a duration from 100ms to 1h", text);
}

} // namespace

void add_top_command(CLI::App& app, std::optional<cli_command>& chosen) {
  auto given = std::make_shared<top_arguments>();
  auto& command = *app.add_subcommand("top", "Watch a server: flows and their edges, runs, leases, worker");
  add_server(command, given->server);
  command
      .add_option_function<std::string>(
          "--interval", [given](const std::string& text) { given->interval = *parse_duration(text); },
          "Time between two looks (default 1s)")
      ->check(interval_complaint)
      ->type_name("DURATION");
  command.add_flag("--once", given->once,
                   "Print one screen as plain text and end; rates are those of one interval");
  command.callback([given, &chosen] { chosen = *given; });
  command.footer("Keys: q ends, p holds the display and lets it go, j and k, arrows, PgUp and PgDn scroll. "
                 "What hurts\nmost stands first: losses, then producers that are held up, then edges that "
                 "are full.");
}

} // namespace sluice
