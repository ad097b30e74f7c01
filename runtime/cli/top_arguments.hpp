#pragma once

#include "runtime/cli/http_server_arguments.hpp"

#include <chrono>

namespace sluice {

/// `sluice top`.
struct top_arguments {
  server_arguments server;
  /// Between two looks at the server.
  std::chrono::nanoseconds interval = std::chrono::seconds{1};
  /// Print one screen, without colours and cursor, and end.
  bool once = false;
};

} // namespace sluice
