#pragma once

#include "model/base/log.hpp"
#include "model/node/node_catalog.hpp"
#include "runtime/embed/run_runtime.hpp"
#include "runtime/http/http_message.hpp"
#include "runtime/server/access_control.hpp"
#include "runtime/server/ticks_under_way.hpp"

#include <atomic>
#include <exception>
#include <functional>
#include <string>

namespace sluice {

/// What the endpoints of one server share. Outlives them.
struct server_context {
  run_runtime* runs = nullptr;
  const access_control* access = nullptr;
  const node_catalog* nodes = nullptr;
  log_sink log = {};
  /// SIGTERM has come: nothing new is begun.
  std::atomic<bool> draining{false};
  ticks_under_way ticks;
};

/// Appends an audit row for a mutation that the store itself does not audit, then calls `then` on the store's
/// thread: with nothing once the row is durable. `detail` is JSON text without secrets.
void append_audit(const server_context& context, const http_request& request, std::string action,
                  std::string subject, std::string detail, std::function<void(std::exception_ptr)> then);

} // namespace sluice
