#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace sluice {

/// On whose account a worker is to start.
enum class worker_asker : std::uint8_t {
  person,  ///< somebody typed the command that starts one: that is enough unless something forbids it
  program, ///< a server comes up: it has no worker unless something allows it
};

/// What decides whether a worker may start.
struct worker_wish {
  worker_asker asker = worker_asker::program;
  /// The command line's own word, which goes before all others; none: it says nothing.
  std::optional<bool> option = {};
  /// The value of SLUICE_WORKER_ENABLED; none or empty: it says nothing.
  std::optional<std::string> environment = {};
  /// `worker.enabled` of the configuration; none: it says nothing.
  std::optional<bool> setting = {};
};

/// Whether a worker may start, and what says so. The reason of a refusal contains "disabled".
struct worker_permission {
  bool enabled = false;
  std::string reason = {};
};

/// Decides by the first that says something: option, environment, setting, then who asks. `true`, `1`, `yes`
/// and `on` enable, `false`, `0`, `no` and `off` disable, in either case; another value disables, since it
/// may have been meant to.
worker_permission worker_gate(const worker_wish& wish);

} // namespace sluice
