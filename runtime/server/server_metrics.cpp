#include "runtime/server/server_metrics.hpp"

#include "metrics/exposition.hpp"
#include "runtime/embed/run_exposition.hpp"

#include <atomic>
#include <cstdint>

namespace sluice {

namespace {

std::uint64_t value_of(const std::atomic<std::uint64_t>& counter) noexcept {
  return counter.load(std::memory_order_relaxed);
}

void add_runs_there(exposition& out, const run_counts& counts) {
  for (std::size_t i = 0; i < counts.size(); ++i)
    out.add(metric::runs_there, {to_string(static_cast<run_status>(i))}, counts[i]);
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
  add_runs(out, {seen.runs, seen.store, seen.bus, seen.janitor});
  add_http(out, *seen.http);
  return out.take_text();
}

} // namespace sluice
