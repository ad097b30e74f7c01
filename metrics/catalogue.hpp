#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sluice {

enum class metric_kind : std::uint8_t { counter, gauge, histogram };

/// Every metric that Sluice exports. The order is that of the exposition.
enum class metric : std::uint8_t {
  build_info,
  process_cpu,
  process_resident_memory,
  process_virtual_memory,
  process_open_fds,
  process_max_fds,
  process_start_time,
  process_threads,
  flow_status,
  edge_info,
  edge_capacity,
  edge_depth,
  edge_offered,
  edge_accepted,
  edge_delivered,
  edge_dropped,
  edge_refused,
  edge_replaced,
  edge_coalesced,
  edge_evicted,
  edge_discarded,
  edge_control,
  edge_blocked,
  node_info,
  node_messages,
  node_errors,
  node_held,
  node_outbox,
  node_discarded,
  node_unrouted,
  node_control,
  node_restarts,
  node_stalls,
  node_handler,
  node_busy,
  node_ticks,
  node_tick_lateness,
  node_tick_lateness_max,
  control_latency,
  server_ready,
  worker_enabled,
  runs_there,
  worker_ticks,
  run_attempts,
  run_ends,
  lease_held,
  lease_renewals,
  lease_lost,
  lease_reclaimed,
  store_requests,
  store_commits,
  store_commit_time,
  store_failures,
  retained_runs_removed,
  retained_audit_removed,
  retention_behind,
  event_subscribers,
  event_delivered,
  http_connections,
  http_streams,
  http_refused,
  http_answers,
  rules,
  rule_hits,
  rule_changes,
  rule_findings,
  rule_compilations,
  rule_compile_time,
};

/// What is known of a metric before it has a value. docs/metrics.md says the same; a test compares them.
struct metric_description {
  metric id;
  /// The name as exported.
  std::string_view name;
  metric_kind kind;
  /// What one is: `messages`, `seconds`, `bytes`; empty for a bare 1.
  std::string_view unit;
  /// The names of its labels, in the order in which values are given.
  std::span<const std::string_view> labels;
  /// One sentence.
  std::string_view help;
};

/// Returns all metrics, in the order of `metric`.
std::span<const metric_description> catalogue() noexcept;

const metric_description& describe(metric id) noexcept;

/// Returns `counter`, `gauge` or `histogram`.
std::string_view to_string(metric_kind kind) noexcept;

} // namespace sluice
