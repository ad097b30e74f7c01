#pragma once

#include "model/base/log.hpp"
#include "model/node/node_catalog.hpp"
#include "runtime/embed/run_runtime.hpp"
#include "runtime/http/http_message.hpp"
#include "runtime/server/access_control.hpp"
#include "runtime/server/ticks_under_way.hpp"
#include "runtime/server/working_thread.hpp"

#include <atomic>
#include <exception>
#include <functional>
#include <mutex>
#include <string>

namespace sluice {

class server_rules;

/// Whether audit rows can still be appended: answers to orders may come after the store has gone. Any thread.
class audit_gate {
public:
  /// Calls `work` unless the gate is closed; returns whether it did. `work` must not wait.
  template <class Work>
  bool pass(Work&& work) {
    const std::lock_guard lock(mutex_);
    if (open_)
      work();
    return open_;
  }
  /// No work is under way after it, and none will be.
  void close() {
    const std::lock_guard lock(mutex_);
    open_ = false;
  }

private:
  std::mutex mutex_;
  bool open_ = true;
};

/// What the endpoints of one server share. Outlives them.
struct server_context {
  run_runtime* runs = nullptr;
  const access_control* access = nullptr;
  const node_catalog* nodes = nullptr;
  /// Where flows are started, one after the other.
  working_thread* flow_starts = nullptr;
  const server_rules* rules = nullptr;
  /// Where files of rules are checked, one request after the other.
  working_thread* rule_checks = nullptr;
  log_sink log = {};
  /// SIGTERM has come: nothing new is begun.
  std::atomic<bool> draining{false};
  ticks_under_way ticks;
  mutable audit_gate audit;
};

/// Appends an audit row for a mutation that the store itself does not audit, then calls `then` on the store's
/// thread: with nothing once the row is durable. Once the server goes, `then` is called at once, with
/// `error("draining")`. `detail` is JSON text without secrets.
void append_audit(const server_context& context, const http_request& request, std::string action,
                  std::string subject, std::string detail, std::function<void(std::exception_ptr)> then);

} // namespace sluice
