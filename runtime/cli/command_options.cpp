#include "runtime/cli/command_options.hpp"

#include "model/config/quantity.hpp"
#include "runtime/cli/moment.hpp"
#include "runtime/wire/lane_name.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include <utility>

namespace sluice {

CLI::Option* add_choice(CLI::App& command, const char* name, std::vector<std::string> choices,
                        std::function<void(const std::string&)> keep, const char* description) {
  return command.add_option_function<std::string>(name, std::move(keep), description)
      ->check(CLI::IsMember(std::move(choices)));
}

CLI::Option* add_duration(CLI::App& command, const char* name, std::chrono::nanoseconds& value,
                          const char* description) {
  return command
      .add_option_function<std::string>(
          name, [&value](const std::string& text) { value = *parse_duration(text); }, description)
      ->check([](const std::string& text) {
        return parse_duration(text) ? std::string{}
                                    : fmt::format("'{}' is not a duration such as 250ms or 30s", text);
      })
      ->type_name("DURATION");
}

CLI::Option* add_count(CLI::App& command, const char* name, std::optional<std::uint64_t>& value,
                       std::uint64_t least, const char* description) {
  return command
      .add_option_function<std::uint64_t>(
          name, [&value](std::uint64_t number) { value = number; }, description)
      ->check([least](const std::string& text) {
        const auto number = parse_integer(text);
        return number && *number >= 0 && static_cast<std::uint64_t>(*number) >= least
                   ? std::string{}
                   : fmt::format("'{}' is not a whole number from {} on", text, least);
      })
      ->type_name("N");
}

CLI::Option* add_moment(CLI::App& command, const char* name, std::string& value, const char* description) {
  return command.add_option(name, value, description)
      ->check([](const std::string& text) {
        return is_moment(text)
                   ? std::string{}
                   : fmt::format("'{}' is neither a UTC time such as 2026-11-21T08:30:00Z nor a duration "
                                 "such as 10m",
                                 text);
      })
      ->type_name("TIME");
}

CLI::Option* add_run_id(CLI::App& command, const char* name, std::function<void(const uuid&)> keep,
                        const char* description) {
  return command
      .add_option_function<std::string>(
          name, [keep = std::move(keep)](const std::string& text) { keep(*parse_uuid(text)); }, description)
      ->check([](const std::string& text) {
        return parse_uuid(text) ? std::string{}
                                : fmt::format("'{}' is no run's id: these have 36 characters, as "
                                              "`sluice runs list` shows",
                                              text);
      })
      ->type_name("RUN");
}

CLI::Option* add_lane(CLI::App& command, const char* name, std::string& value, const char* description) {
  return command.add_option(name, value, description)->check(lane_complaint)->type_name("LANE");
}

CLI::Option* add_database(CLI::App& command, std::string& file) {
  return command.add_option("--db", file, "The database file (default: the environment's SLUICE_DB)")
      ->type_name("FILE");
}

CLI::Option* add_server(CLI::App& command, server_arguments& server) {
  auto* const url =
      command
          .add_option("--url", server.url,
                      "The server, as in http://127.0.0.1:9464 (default: the environment's SLUICE_URL)")
          ->type_name("URL");
  command
      .add_option(
          "--token-file", server.token_file,
          "File with the token for it (default: the environment's SLUICE_TOKEN or SLUICE_ADMIN_TOKEN)")
      ->type_name("FILE");
  command
      .add_option("--ca-file", server.ca_file,
                  "Certificates to trust, as PEM (default: SLUICE_CA_FILE, or the system's)")
      ->type_name("FILE");
  return url;
}

void add_database_or_server(CLI::App& command, std::string& file, server_arguments& server) {
  auto* const database = add_database(command, file);
  add_server(command, server)->excludes(database);
}

void add_output(CLI::App& command, std::optional<bool>& json) {
  auto* const output = add_choice(
      command, "--output", {"table", "text", "json"},
      [&json](const std::string& form) { json = form == "json"; },
      "How results are printed: table (the same as text) or json, an object or one per line (default: a "
      "table on a terminal, JSON elsewhere; single words are words everywhere)");
  command
      .add_flag_callback(
          "--json", [&json] { json = true; }, "The same as --output json")
      ->excludes(output);
}

void add_output(CLI::App& command, bool& json) {
  add_choice(
      command, "--output", {"text", "table", "json"},
      [&json](const std::string& form) { json = form == "json"; },
      "How results are printed (default text); json: an object, or one per line");
}

void add_log(CLI::App& command, std::string& level, std::optional<std::string>& format) {
  add_choice(
      command, "--log-level", {"debug", "info", "warning", "error"},
      [&level](const std::string& name) { level = name; },
      "The least that is logged (default warning); error also leaves out notices");
  add_choice(
      command, "--log-format", {"text", "json"}, [&format](const std::string& form) { format = form; },
      "How it is logged (default: text on a terminal, JSON otherwise)");
}

void add_by(CLI::App& command, std::string& by) {
  command.add_option("--by", by, "Who asks for it (default: the environment's USER)")->type_name("NAME");
}

} // namespace sluice
