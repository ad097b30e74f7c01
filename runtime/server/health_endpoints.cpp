#include "persistence/sqlite/newest_schema.hpp"
#include "runtime/server/api_answers.hpp"
#include "runtime/server/api_request.hpp"
#include "runtime/server/server_state.hpp"
#include "runtime/server/store_answers.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <utility>

namespace sluice {

namespace {

using nlohmann::ordered_json;

/// Counting looks at every run: not more often than this.
constexpr std::chrono::seconds counts_age{2};

/// The last count. Only the store's reading thread uses it.
struct kept_counts {
  run_counts counts{};
  std::optional<utc_time> at;
};

/// Of the flows that a list shows: those that run, and those that did not end well.
ordered_json count_flows(const server_state& state) {
  std::size_t running = 0;
  std::size_t failed = 0;
  for (const auto& each : state.flows->list()) {
    running += each.ended_at ? 0 : 1;
    failed += each.summary && each.summary->outcome == flow_status::failed ? 1 : 0;
  }
  return {{"running", running}, {"failed", failed}};
}

/// A flow that has failed is somebody's graph; the server can do its work.
ordered_json readiness(const server_state& state) {
  const auto trouble = state.store->trouble();
  const bool draining = state.context->draining;
  const bool leases_fail = state.context->runs->meters().renewals_fail;
  return {{"ready", trouble.empty() && !leases_fail && !draining},
          {"store", trouble.empty() ? "ok" : trouble},
          {"leases", leases_fail ? "the last renewal of leases has failed" : "ok"},
          {"flows", count_flows(state)},
          {"draining", draining}};
}

void ready(const server_state& state, const http_reply& reply) {
  const auto found = readiness(state);
  reply(json_response(found.dump(), found["ready"].get<bool>() ? 200 : 503));
}

const run_counts& refreshed(kept_counts& kept, store& in, utc_time now) {
  if (!kept.at || now < *kept.at || now - *kept.at >= counts_age) {
    kept.counts = in.runs().count_by_status();
    kept.at = now;
  }
  return kept.counts;
}

ordered_json describe(const run_counts& counts) {
  ordered_json runs;
  for (std::size_t i = 0; i < counts.size(); ++i)
    runs[std::string(to_string(static_cast<run_status>(i)))] = counts[i];
  return runs;
}

/// All but the runs. Network thread: when the store answers the server may be gone.
ordered_json describe_server(const server_state& state) {
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const std::chrono::duration<double> uptime = now - state.started_at;
  const auto health = readiness(state);
  ordered_json body{
      {"version", state.version},
      {"started_at", to_string(state.started_at)},
      {"uptime_seconds", uptime.count()},
      {"ready", health["ready"]},
      {"draining", health["draining"]},
      {"store", health["store"]},
      {"leases", health["leases"]},
      {"schema_version", newest_schema()},
      {"database", state.database.empty() ? ordered_json() : ordered_json(state.database.string())}};
  body["runs"] = nullptr;
  body["worker"] = ordered_json::parse(state.worker->status_json());
  body["flows"] = health["flows"];
  return body;
}

void health(const server_state& state, const std::shared_ptr<kept_counts>& kept, const http_request& request,
            const http_reply& reply) {
  query_reader(request.query).refuse_unknown();
  const auto body = std::make_shared<ordered_json>(describe_server(state));
  state.context->runs->read_async(
      [body, kept](store& in, utc_time now) { (*body)["runs"] = describe(refreshed(*kept, in, now)); },
      [body, reply](const std::exception_ptr& failure) {
        reply(failure ? error_answer(failure)
                      : json_response(body->dump(-1, ' ', false, ordered_json::error_handler_t::replace)));
      });
}

} // namespace

endpoints health_endpoints(const server_state& state) {
  const auto kept = std::make_shared<kept_counts>();
  return {
      {"GET", "/healthz", access_role::none,
       [](const http_request&, const http_reply& reply) { reply(json_response(R"({"status":"ok"})")); }},
      {"GET", "/readyz", access_role::none,
       [&state](const http_request&, const http_reply& reply) { ready(state, reply); }},
      {"GET", "/api/v1/health", access_role::read,
       [&state, kept](const http_request& request, const http_reply& reply) {
         health(state, kept, request, reply);
       }},
      {"GET", "/api/v1/worker", access_role::read,
       [&state](const http_request& request, const http_reply& reply) {
         query_reader(request.query).refuse_unknown();
         reply(json_response(state.worker->status_json()));
       }},
  };
}

} // namespace sluice
