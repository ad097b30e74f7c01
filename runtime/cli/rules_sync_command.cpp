#include "runtime/cli/rules_sync_command.hpp"

#include "model/base/error.hpp"
#include "persistence/rules/directory_rules.hpp"
#include "persistence/rules/sync_rules.hpp"
#include "persistence/sqlite/sqlite_store.hpp"
#include "runtime/cli/database_file.hpp"
#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/http_rules_client.hpp"
#include "runtime/cli/http_target.hpp"
#include "runtime/cli/plain_log.hpp"
#include "runtime/cli/rules_commands.hpp"
#include "runtime/cli/rules_place.hpp"
#include "runtime/cli/rules_text.hpp"
#include "runtime/server/rule_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace sluice {

namespace {

/// What is not in force must not be taken for what is gone.
bool has_errors(const std::vector<rule_finding>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const rule_finding& one) { return one.what.is_error(); });
}

void print(const rule_sync& done, bool json, cli_streams& streams) {
  streams.out << (json ? fmt::format(R"({{"defined":{},"removed":{},"unchanged":{}}})", done.defined,
                                     done.removed, done.unchanged)
                       : fmt::format("{} defined, {} removed, {} unchanged", done.defined, done.removed,
                                     done.unchanged))
              << '\n';
}

rule_sync write_into(const std::filesystem::path& file, const rule_view& rules,
                     const rules_sync_arguments& arguments, const cli_streams& streams) {
  sqlite_store database(sqlite_options{file}, wall_clock());
  store_transaction transaction(database);
  const auto done = sync_rules(database, rules, rule_source(arguments.directory),
                               asking(arguments.by, false, streams), wall_clock());
  transaction.commit();
  return done;
}

/// Has a server copy the directory of its settings.
int sync_on_server(const rules_sync_arguments& arguments, const rules_arguments& place,
                   cli_streams& streams) {
  if (!arguments.by.empty())
    throw error("server_knows_caller",
                fmt::format("leave out --by '{}': the server writes down whose token it was", arguments.by));
  http_rules_client server(find_server(place.server, streams));
  const auto made = server.sync();
  streams.err << findings_text(made.findings);
  print(made.done, streams.shows_json(place.json), streams);
  if (made.complete)
    return exit_status::success;
  streams.err << "sluice: nothing was removed: the server's directory has errors\n";
  return exit_status::configuration;
}

} // namespace

int sync_rules_command(const rules_sync_arguments& arguments, const rules_arguments& place,
                       cli_streams& streams) {
  if (arguments.directory.empty())
    return sync_on_server(arguments, place, streams);
  const auto file = find_database(place.database, streams);
  plain_log log(streams);
  const auto snapshot = open_rule_directory(arguments.directory, wall_clock, log.sink())->load();
  for (const auto& each : snapshot.findings)
    streams.err << rule_finding_line(each);
  if (has_errors(snapshot.findings)) {
    streams.err << fmt::format("sluice: nothing was changed: '{}' has errors\n", arguments.directory);
    return exit_status::configuration;
  }
  print(write_into(file, snapshot.rules, arguments, streams), streams.shows_json(place.json), streams);
  return exit_status::success;
}

} // namespace sluice
