#pragma once

#include <string>

namespace sluice {

/// Which server a command talks to, as the command line says it.
struct server_arguments {
  /// `--url`; empty: what SLUICE_URL says.
  std::string url;
  /// `--token-file`; empty: SLUICE_TOKEN or SLUICE_ADMIN_TOKEN. Tokens never stand on the command line.
  std::string token_file;
  /// `--ca-file`, of PEM certificates; empty: SLUICE_CA_FILE, or else those of the system.
  std::string ca_file;
};

} // namespace sluice
