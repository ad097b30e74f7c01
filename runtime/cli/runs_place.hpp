#pragma once

#include "runtime/cli/cli_streams.hpp"
#include "runtime/cli/http_server_arguments.hpp"
#include "runtime/cli/runs_client.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace sluice {

/// Where the runs are, as the command line says.
struct runs_place {
  std::string database;
  server_arguments server;
  /// A database that is not there is made.
  bool makes_database = false;
};

/// Calls `work` with the runs of the server or database that the command line or the environment names
/// (`prefers_server`), and returns what it does. Throws as `find_server` and `find_database`.
int with_runs_client(const runs_place& place, cli_streams& streams,
                     const std::function<int(runs_client&)>& work);

/// Returns the database for a worker, who needs the file itself. Throws `error("needs_database")` when a
/// server is named instead, which is a mistake on the command line, and as `find_database`.
std::filesystem::path database_for_work(const runs_place& place, const cli_streams& streams);

} // namespace sluice
