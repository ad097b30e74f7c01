#include "runtime/server/server_metrics.hpp"

#include "metrics/exposition.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice {

namespace {

std::uint64_t value_of(const std::atomic<std::uint64_t>& counter) noexcept {
  return counter.load(std::memory_order_relaxed);
}

void add_runs(exposition& out, const run_meters& seen) {
  for (std::size_t i = 0; i < tick_outcome_count; ++i)
    out.add(metric::worker_ticks, {to_string(static_cast<tick_outcome>(i))}, value_of(seen.claims[i]));
  out.add(metric::run_attempts, {"succeeded"}, value_of(seen.attempts_succeeded));
  out.add(metric::run_attempts, {"failed"}, value_of(seen.attempts_failed));
  out.add(metric::run_attempts, {"cancelled"}, value_of(seen.attempts_cancelled));
  out.add(metric::run_ends, {"succeeded"}, value_of(seen.runs_succeeded));
  out.add(metric::run_ends, {"failed"}, value_of(seen.runs_failed));
  out.add(metric::run_ends, {"cancelled"}, value_of(seen.runs_cancelled));
  out.add(metric::run_ends, {"handed_back"}, value_of(seen.runs_handed_back));
  out.add(metric::run_ends, {"given_up"}, value_of(seen.runs_given_up));
  out.add(metric::lease_held, {}, value_of(seen.leases_held));
  out.add(metric::lease_renewals, {}, value_of(seen.lease_renewals));
  out.add(metric::lease_lost, {}, value_of(seen.leases_lost));
  out.add(metric::lease_reclaimed, {}, value_of(seen.leases_reclaimed));
}

void add_runs_there(exposition& out, const run_counts& counts) {
  for (std::size_t i = 0; i < counts.size(); ++i)
    out.add(metric::runs_there, {to_string(static_cast<run_status>(i))}, counts[i]);
}

void add_store(exposition& out, const store_meters& seen) {
  constexpr double nanoseconds = 1e9;
  out.add(metric::store_requests, {"write"}, value_of(seen.requests));
  out.add(metric::store_requests, {"read"}, value_of(seen.reads));
  out.add(metric::store_commits, {}, value_of(seen.groups));
  out.add(metric::store_commit_time, {},
          static_cast<double>(value_of(seen.commit_nanoseconds)) / nanoseconds);
  out.add(metric::store_failures, {"store"}, value_of(seen.store_failures));
  out.add(metric::store_failures, {"refused"}, value_of(seen.refusals));
  out.add(metric::store_failures, {"stale_token"}, value_of(seen.stale_tokens));
  out.add(metric::store_failures, {"internal"}, value_of(seen.internal_failures));
}

void add_http(exposition& out, const http_counters& seen) {
  out.add(metric::http_connections, {}, value_of(seen.open));
  out.add(metric::http_streams, {}, value_of(seen.streams));
  out.add(metric::http_refused, {}, value_of(seen.refused));
  out.add(metric::http_answers, {"2xx"}, value_of(seen.answers[2]));
  out.add(metric::http_answers, {"3xx"}, value_of(seen.answers[3]));
  out.add(metric::http_answers, {"4xx"}, value_of(seen.answers[4]));
  out.add(metric::http_answers, {"5xx"}, value_of(seen.answers[5]));
}

} // namespace

std::string render_server(const server_counts& seen) {
  exposition out;
  out.add(metric::server_ready, {}, std::uint64_t{seen.ready});
  out.add(metric::worker_enabled, {}, std::uint64_t{seen.worker_enabled});
  if (seen.runs_there)
    add_runs_there(out, *seen.runs_there);
  add_runs(out, *seen.runs);
  add_store(out, *seen.store);
  out.add(metric::retained_runs_removed, {}, value_of(seen.janitor->runs));
  out.add(metric::retained_audit_removed, {}, value_of(seen.janitor->audit_rows));
  out.add(metric::event_subscribers, {}, value_of(seen.bus->subscribers));
  out.add(metric::event_delivered, {}, value_of(seen.bus->delivered));
  add_http(out, *seen.http);
  return out.take_text();
}

} // namespace sluice
