#pragma once

#include "runtime/server/endpoint.hpp"
#include "runtime/server/flow_keeper.hpp"
#include "runtime/server/server_context.hpp"
#include "runtime/server/server_worker.hpp"
#include "runtime/server/store_probe.hpp"

#include <filesystem>
#include <string>

namespace sluice {

/// What tells about a server's own state. What it points to outlives the endpoints.
struct server_state {
  server_context* context = nullptr;
  const server_worker* worker = nullptr;
  const store_probe* store = nullptr;
  const flow_keeper* flows = nullptr;
  /// As shown; empty: in memory.
  std::filesystem::path database = {};
  std::string version = {};
  utc_time started_at = {};
};

/// `/healthz`, `/readyz`, `/api/v1/health`, `/api/v1/worker`.
endpoints health_endpoints(const server_state& state);

} // namespace sluice
