#include "runtime/embed/run_exposition.hpp"

#include "metrics/exposition.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace sluice {

namespace {

std::uint64_t value_now(const std::atomic<std::uint64_t>& counter) noexcept {
  return counter.load(std::memory_order_relaxed);
}

void add_runs_alone(exposition& out, const run_meters& seen) {
  for (std::size_t i = 0; i < tick_outcome_count; ++i)
    out.add(metric::worker_ticks, {to_string(static_cast<tick_outcome>(i))}, value_now(seen.claims[i]));
  out.add(metric::run_attempts, {"succeeded"}, value_now(seen.attempts_succeeded));
  out.add(metric::run_attempts, {"failed"}, value_now(seen.attempts_failed));
  out.add(metric::run_attempts, {"cancelled"}, value_now(seen.attempts_cancelled));
  out.add(metric::run_ends, {"succeeded"}, value_now(seen.runs_succeeded));
  out.add(metric::run_ends, {"failed"}, value_now(seen.runs_failed));
  out.add(metric::run_ends, {"cancelled"}, value_now(seen.runs_cancelled));
  out.add(metric::run_ends, {"handed_back"}, value_now(seen.runs_handed_back));
  out.add(metric::run_ends, {"given_up"}, value_now(seen.runs_given_up));
  out.add(metric::lease_held, {}, value_now(seen.leases_held));
  out.add(metric::lease_renewals, {}, value_now(seen.lease_renewals));
  out.add(metric::lease_lost, {}, value_now(seen.leases_lost));
  out.add(metric::lease_reclaimed, {}, value_now(seen.leases_reclaimed));
}

void add_store(exposition& out, const store_meters& seen) {
  constexpr double nanoseconds = 1e9;
  out.add(metric::store_requests, {"write"}, value_now(seen.requests));
  out.add(metric::store_requests, {"read"}, value_now(seen.reads));
  out.add(metric::store_commits, {}, value_now(seen.groups));
  out.add(metric::store_commit_time, {},
          static_cast<double>(value_now(seen.commit_nanoseconds)) / nanoseconds);
  out.add(metric::store_failures, {"store"}, value_now(seen.store_failures));
  out.add(metric::store_failures, {"refused"}, value_now(seen.refusals));
  out.add(metric::store_failures, {"stale_token"}, value_now(seen.stale_tokens));
  out.add(metric::store_failures, {"internal"}, value_now(seen.internal_failures));
}

} // namespace

void add_runs(exposition& out, const seen_run_readings& seen) {
  add_runs_alone(out, *seen.runs);
  add_store(out, *seen.store);
  out.add(metric::retained_runs_removed, {}, value_now(seen.janitor->runs));
  out.add(metric::retained_audit_removed, {}, value_now(seen.janitor->audit_rows));
  constexpr double milliseconds = 1e3;
  out.add(metric::retention_behind, {},
          static_cast<double>(value_now(seen.janitor->behind_milliseconds)) / milliseconds);
  out.add(metric::event_subscribers, {}, value_now(seen.bus->subscribers));
  out.add(metric::event_delivered, {}, value_now(seen.bus->delivered));
}

} // namespace sluice
