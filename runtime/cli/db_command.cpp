#include "persistence/owners/host_clock.hpp"
#include "persistence/sqlite/database_backup.hpp"
#include "persistence/sqlite/database_vacuum.hpp"
#include "persistence/sqlite/maintenance.hpp"
#include "runtime/cli/commands.hpp"
#include "runtime/cli/database_file.hpp"
#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/flow_report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>

namespace sluice {

namespace {

using document = nlohmann::ordered_json;

void print(const db_arguments& arguments, document fields, const std::string& text, cli_streams& streams) {
  document all{{"file", arguments.file}};
  all.update(fields);
  if (arguments.json)
    streams.out << all.dump(-1, ' ', false, document::error_handler_t::replace) << '\n';
  else
    streams.out << arguments.file << ": " << text << '\n';
}

int migrate(const db_arguments& arguments, cli_streams& streams) {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto change = migrate_database(arguments.file, now);
  print(arguments, {{"before", change.before}, {"after", change.after}},
        change.before == 0 ? fmt::format("made, with schema {}", change.after)
        : change.before == change.after
            ? fmt::format("schema {} is up to date", change.after)
            : fmt::format("schema {} is now schema {}", change.before, change.after),
        streams);
  return exit_status::success;
}

int check(const db_arguments& arguments, cli_streams& streams) {
  require_database(arguments.file);
  const auto found = check_database(arguments.file);
  if (arguments.json || found.empty())
    print(arguments, {{"ok", found.empty()}, {"findings", found}}, "nothing is wrong", streams);
  else
    for (const auto& one : found)
      streams.out << arguments.file << ": " << one << '\n';
  return found.empty() ? exit_status::success : exit_status::failed;
}

int backup(const db_arguments& arguments, cli_streams& streams) {
  require_database(arguments.file);
  back_up_database(arguments.file, arguments.to);
  print(arguments, {{"to", arguments.to}}, "copied to " + arguments.to, streams);
  return exit_status::success;
}

std::string vacuum_text(const vacuum_report& report) {
  const auto given = report.before > report.after
                         ? fmt::format("{} bytes were given back", grouped(report.before - report.after))
                     : report.before < report.after
                         ? fmt::format("{} bytes more than before", grouped(report.after - report.before))
                         : std::string("nothing to give back");
  auto text = fmt::format("{}: {} before, {} now", given, grouped(report.before), grouped(report.after));
  if (report.log != 0)
    text += fmt::format("; {} of these are its log, in which somebody reads: a later vacuum gives them back",
                        grouped(report.log));
  return text;
}

int vacuum(const db_arguments& arguments, cli_streams& streams) {
  require_database(arguments.file);
  vacuum_limits limits;
  limits.force = arguments.force;
  const auto report = vacuum_database(arguments.file, boot_now(), limits);
  print(arguments,
        {{"bytes", static_cast<std::int64_t>(report.before) - static_cast<std::int64_t>(report.after)},
         {"before", report.before},
         {"after", report.after},
         {"log", report.log}},
        vacuum_text(report), streams);
  return exit_status::success;
}

} // namespace

int execute(const db_arguments& arguments, const node_catalog&, cli_streams& streams) {
  switch (arguments.action) {
  case db_action::migrate:
    return migrate(arguments, streams);
  case db_action::check:
    return check(arguments, streams);
  case db_action::backup:
    return backup(arguments, streams);
  case db_action::vacuum:
    return vacuum(arguments, streams);
  }
  return exit_status::failed;
}

} // namespace sluice
