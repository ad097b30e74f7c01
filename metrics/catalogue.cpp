#include "metrics/catalogue.hpp"

#include <array>

namespace sluice {

namespace {

constexpr std::array<std::string_view, 2> build_labels = {"version", "compiler"};
constexpr std::array<std::string_view, 2> status_labels = {"flow", "status"};
constexpr std::array<std::string_view, 1> flow_labels = {"flow"};
constexpr std::array<std::string_view, 2> edge_labels = {"flow", "edge"};
constexpr std::array<std::string_view, 3> refused_labels = {"flow", "edge", "reason"};
constexpr std::array<std::string_view, 4> edge_info_labels = {"flow", "edge", "policy", "priority"};
constexpr std::array<std::string_view, 2> node_labels = {"flow", "node"};
constexpr std::array<std::string_view, 3> node_messages_labels = {"flow", "node", "direction"};
constexpr std::array<std::string_view, 3> node_info_labels = {"flow", "node", "type"};

constexpr std::array<std::string_view, 1> run_status_labels = {"status"};
constexpr std::array<std::string_view, 1> outcome_labels = {"outcome"};
constexpr std::array<std::string_view, 1> kind_labels = {"kind"};
constexpr std::array<std::string_view, 1> reason_labels = {"reason"};
constexpr std::array<std::string_view, 1> class_labels = {"class"};
constexpr std::array<std::string_view, 1> mode_labels = {"mode"};
constexpr std::array<std::string_view, 1> rule_labels = {"rule"};

constexpr auto counter = metric_kind::counter;
constexpr auto gauge = metric_kind::gauge;
constexpr auto histogram = metric_kind::histogram;

// A table is read by its columns.
// clang-format off
constexpr auto descriptions = std::to_array<metric_description>({
  {metric::build_info, "sluice_build_info", gauge, "", build_labels, "Always 1; the labels say which build of Sluice this is."},

  {metric::process_cpu, "process_cpu_seconds_total", counter, "seconds", {}, "Processor time spent by this process, in user and system mode."},
  {metric::process_resident_memory, "process_resident_memory_bytes", gauge, "bytes", {}, "Memory of this process that is in RAM."},
  {metric::process_virtual_memory, "process_virtual_memory_bytes", gauge, "bytes", {}, "Address space of this process."},
  {metric::process_open_fds, "process_open_fds", gauge, "descriptors", {}, "Open file descriptors."},
  {metric::process_max_fds, "process_max_fds", gauge, "descriptors", {}, "File descriptors this process may have open."},
  {metric::process_start_time, "process_start_time_seconds", gauge, "seconds", {}, "When this process started, since 1970 UTC."},
  {metric::process_threads, "process_threads", gauge, "threads", {}, "Threads of this process."},

  {metric::flow_status, "sluice_flow_status", gauge, "", status_labels, "1 for the status the flow is in, 0 for the others."},

  {metric::edge_info, "sluice_edge_info", gauge, "", edge_info_labels, "Always 1; the labels say how the edge is set up."},
  {metric::edge_capacity, "sluice_edge_capacity", gauge, "messages", edge_labels, "Messages the edge may hold."},
  {metric::edge_depth, "sluice_edge_depth", gauge, "messages", edge_labels, "Messages accepted and not yet delivered, those in transit included."},
  {metric::edge_offered, "sluice_edge_offered_total", counter, "messages", edge_labels, "Messages that reached the edge: accepted, dropped and refused."},
  {metric::edge_accepted, "sluice_edge_accepted_total", counter, "messages", edge_labels, "Messages the edge took in: delivered, replaced, coalesced, evicted, discarded and the depth."},
  {metric::edge_delivered, "sluice_edge_delivered_total", counter, "messages", edge_labels, "Messages handed to the consumer's handler."},
  {metric::edge_dropped, "sluice_edge_dropped_total", counter, "messages", edge_labels, "New messages that policy drop turned away because the edge was full."},
  {metric::edge_refused, "sluice_edge_refused_total", counter, "messages", refused_labels, "Messages the edge could not take: reason type (the payload does not fit the port) or merge (the coalesce function failed)."},
  {metric::edge_replaced, "sluice_edge_replaced_total", counter, "messages", edge_labels, "Queued messages that a newer one with the same key replaced (policy latest)."},
  {metric::edge_coalesced, "sluice_edge_coalesced_total", counter, "messages", edge_labels, "Messages merged into a queued one (policy coalesce)."},
  {metric::edge_evicted, "sluice_edge_evicted_total", counter, "messages", edge_labels, "Queued messages pushed out by a newer one (policies drop_oldest and latest)."},
  {metric::edge_discarded, "sluice_edge_discarded_total", counter, "messages", edge_labels, "Accepted messages cut off by an abort, a drain deadline or the end of their consumer."},
  {metric::edge_control, "sluice_edge_control_total", counter, "messages", edge_labels, "Control messages forwarded; they count in nothing else here."},
  {metric::edge_blocked, "sluice_edge_blocked_seconds_total", counter, "seconds", edge_labels, "Time in which the producer had no credit because the edge was full."},

  {metric::node_info, "sluice_node_info", gauge, "", node_info_labels, "Always 1; the labels say what the node is."},
  {metric::node_messages, "sluice_node_messages_total", counter, "messages", node_messages_labels, "Messages handled (direction in) and emitted (direction out)."},
  {metric::node_errors, "sluice_node_errors_total", counter, "errors", node_labels, "Handlers that threw or reported a failure."},
  {metric::node_held, "sluice_node_held", gauge, "messages", node_labels, "Input messages the node keeps inside: batches, delays, windows, one put off."},
  {metric::node_outbox, "sluice_node_outbox", gauge, "messages", node_labels, "Emitted messages that wait for room in an edge."},
  {metric::node_discarded, "sluice_node_discarded_total", counter, "messages", node_labels, "Held or emitted messages given up on purpose, by an abort or by a deadline."},
  {metric::node_unrouted, "sluice_node_unrouted_total", counter, "messages", node_labels, "Messages emitted on an output that no edge leaves."},
  {metric::node_control, "sluice_node_control_total", counter, "messages", node_labels, "Control messages handled."},
  {metric::node_restarts, "sluice_node_restarts_total", counter, "restarts", node_labels, "Fresh starts after an error (error policy restart)."},
  {metric::node_stalls, "sluice_node_stalls_total", counter, "handlers", node_labels, "Handlers that took longer than 100 ms."},
  {metric::node_handler, "sluice_node_handler_seconds", histogram, "seconds", node_labels, "Time per slice of handlers: the messages handled in one go."},
  {metric::node_busy, "sluice_node_busy_seconds_total", counter, "seconds", node_labels, "Time inside handlers."},
  {metric::node_ticks, "sluice_node_ticks_total", counter, "ticks", node_labels, "Ticks handled."},
  {metric::node_tick_lateness, "sluice_node_tick_lateness_seconds_total", counter, "seconds", node_labels, "How late ticks came, added up."},
  {metric::node_tick_lateness_max, "sluice_node_tick_lateness_max_seconds", gauge, "seconds", node_labels, "How late the latest tick came since the flow started."},

  {metric::control_latency, "sluice_control_latency_seconds", histogram, "seconds", flow_labels, "Time from the sending of a control message to its handler, over all nodes of the flow."},

  {metric::server_ready, "sluice_ready", gauge, "", {}, "1 while the server is ready: its store answers and it is not going down."},
  {metric::worker_enabled, "sluice_worker_enabled", gauge, "", {}, "1 when this server's worker may claim runs."},
  {metric::runs_there, "sluice_runs", gauge, "runs", run_status_labels, "Runs in the store, by status, at the last count."},
  {metric::worker_ticks, "sluice_worker_ticks_total", counter, "looks", outcome_labels, "Looks at lanes that would claim a run, by what they came to."},
  {metric::run_attempts, "sluice_run_attempts_total", counter, "attempts", outcome_labels, "Attempts at steps that ended here: succeeded, failed or cancelled."},
  {metric::run_ends, "sluice_run_ends_total", counter, "runs", outcome_labels, "Runs that left these hands: succeeded, failed, cancelled, handed_back, given_up."},
  {metric::lease_held, "sluice_leases_held", gauge, "leases", {}, "Leases that this process holds."},
  {metric::lease_renewals, "sluice_lease_renewals_total", counter, "renewals", {}, "Leases that were renewed."},
  {metric::lease_lost, "sluice_leases_lost_total", counter, "leases", {}, "Leases that somebody else has now."},
  {metric::lease_reclaimed, "sluice_leases_reclaimed_total", counter, "leases", {}, "Runs that were taken from owners who are gone."},
  {metric::store_requests, "sluice_store_requests_total", counter, "requests", kind_labels, "Requests to the store that were finished: write or read."},
  {metric::store_commits, "sluice_store_commits_total", counter, "commits", {}, "Transactions of the writer."},
  {metric::store_commit_time, "sluice_store_commit_seconds_total", counter, "seconds", {}, "Time spent in commits."},
  {metric::store_failures, "sluice_store_failures_total", counter, "requests", reason_labels, "Requests that failed: store (the medium), refused (not possible), stale_token (of these, under an old lease), internal."},
  {metric::retained_runs_removed, "sluice_retention_runs_total", counter, "runs", {}, "Runs that were removed because they were over for longer than store.keep_runs."},
  {metric::retained_audit_removed, "sluice_retention_audit_rows_total", counter, "rows", {}, "Rows of the audit log that were older than store.keep_audit."},
  {metric::retention_behind, "sluice_retention_behind_seconds", gauge, "seconds", {}, "How much older the oldest run or audit row that is left is than its rule allows, at the last sweep; 0 when nothing is due."},
  {metric::event_subscribers, "sluice_event_subscribers", gauge, "subscribers", {}, "Streams and others that follow events now."},
  {metric::event_delivered, "sluice_events_delivered_total", counter, "events", {}, "Events handed to subscribers, each as often as it was."},
  {metric::http_connections, "sluice_http_connections", gauge, "connections", {}, "HTTP connections that are open."},
  {metric::http_streams, "sluice_http_streams", gauge, "streams", {}, "Live streams that are open."},
  {metric::http_refused, "sluice_http_refused_total", counter, "connections", {}, "Connections without a place."},
  {metric::http_answers, "sluice_http_answers_total", counter, "answers", class_labels, "Answers by the class of their status: 2xx, 3xx, 4xx, 5xx."},

  {metric::rules, "sluice_rules", gauge, "rules", mode_labels, "Rules that are kept, by the mode that is in force: enabled, disabled or clipped."},
  {metric::rule_hits, "sluice_rule_hits_total", counter, "messages", rule_labels, "Messages that the rule matched, in flows of this process."},
  {metric::rule_changes, "sluice_rule_changes_total", counter, "changes", kind_labels, "Changes to rules that were taken in: defined, removed, state, expired."},
  {metric::rule_findings, "sluice_rule_findings_total", counter, "findings", {}, "Mistakes found in rules; the rules in force stay."},
  {metric::rule_compilations, "sluice_rule_compilations_total", counter, "compilations", {}, "Sets of rules that were compiled and warmed anew; changes of states alone need none."},
  {metric::rule_compile_time, "sluice_rule_compile_seconds_total", counter, "seconds", {}, "Time spent in that, off the path of messages."},
});
// clang-format on

constexpr bool in_order() {
  for (std::size_t i = 0; i < descriptions.size(); ++i)
    if (static_cast<std::size_t>(descriptions[i].id) != i)
      return false;
  return descriptions.back().id == metric::rule_compile_time;
}
static_assert(in_order(), "the rows of the catalogue must be in the order of `metric`, none missing");

} // namespace

std::span<const metric_description> catalogue() noexcept {
  return descriptions;
}

const metric_description& describe(metric id) noexcept {
  return descriptions[static_cast<std::size_t>(id)];
}

std::string_view to_string(metric_kind kind) noexcept {
  switch (kind) {
  case metric_kind::counter:
    return "counter";
  case metric_kind::gauge:
    return "gauge";
  case metric_kind::histogram:
    return "histogram";
  }
  return "unknown";
}

} // namespace sluice
