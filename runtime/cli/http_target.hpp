#pragma once

#include "runtime/cli/cli_streams.hpp"
#include "runtime/cli/http_server_arguments.hpp"

#include <chrono>
#include <string>

namespace sluice {

/// A server, and how to talk to it.
struct http_target {
  /// `http://HOST:PORT` or `https://…`, perhaps with the prefix of a proxy; without a `/` at its end.
  std::string url;
  /// Sent as `Authorization: Bearer`; empty: none.
  std::string token = {};
  /// Certificates that are trusted; empty: those of the system. The server's is always verified.
  std::string ca_file = {};
  /// For a connection to be made, TLS included.
  std::chrono::milliseconds connect_timeout{5'000};
  /// Without a byte from the server: beyond, it counts as unreachable. Event streams send a sign of life
  /// every 15 s.
  std::chrono::seconds idle_timeout{30};
};

/// True when a command that can do with a database or a server is to use a server: `--url` is given, or no
/// `--db` is and SLUICE_URL is set. Of the environment SLUICE_URL goes before SLUICE_DB.
bool prefers_server(const std::string& database, const server_arguments& arguments,
                    const cli_streams& streams);

/// Returns the server that options and environment name: SLUICE_URL, the token from `--token-file`,
/// SLUICE_TOKEN or SLUICE_ADMIN_TOKEN, and SLUICE_CA_FILE. Throws `error("no_server")`, `error("bad_url")` or
/// `error("bad_token")`, which are mistakes on the command line.
http_target find_server(const server_arguments& arguments, const cli_streams& streams);

} // namespace sluice
