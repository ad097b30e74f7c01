#include "runtime/cli/runs_place.hpp"

#include "model/base/error.hpp"
#include "runtime/cli/database_file.hpp"
#include "runtime/cli/file_runs_client.hpp"
#include "runtime/cli/http_runs_client.hpp"
#include "runtime/cli/http_target.hpp"
#include "runtime/cli/plain_log.hpp"

namespace sluice {

namespace {

using missing_file = file_runs_client::missing_file;

bool has_database(const runs_place& place, const cli_streams& streams) {
  return !place.database.empty() ||
         (streams.environment && !streams.environment("SLUICE_DB").value_or("").empty());
}

} // namespace

int with_runs_client(const runs_place& place, cli_streams& streams,
                     const std::function<int(runs_client&)>& work) {
  if (prefers_server(place.database, place.server, streams)) {
    console screen(streams.err);
    http_runs_client client(find_server(place.server, streams),
                            [&screen](const std::string& text) { screen.write_line("sluice: " + text); });
    return work(client);
  }
  const auto database = find_database(place.database, streams);
  plain_log log(streams);
  file_runs_client client(database, log.sink(),
                          place.makes_database ? missing_file::make : missing_file::refuse);
  return work(client);
}

std::filesystem::path database_for_work(const runs_place& place, const cli_streams& streams) {
  const bool names_server = !place.server.url.empty();
  if (names_server ||
      (prefers_server(place.database, place.server, streams) && !has_database(place, streams)))
    throw error("needs_database",
                "a worker needs the database itself, not a server: give --db FILE where the file is, or let "
                "the server's own worker do it (worker.enabled)");
  return find_database(place.database, streams);
}

} // namespace sluice
