#include "runtime/server/server.hpp"

#include "metrics/flow_exposition.hpp"
#include "metrics/process_metrics.hpp"
#include "metrics/rule_exposition.hpp"
#include "model/base/error.hpp"
#include "nodes/builtin.hpp"
#include "runtime/config/text_file.hpp"
#include "runtime/embed/own_system.hpp"
#include "runtime/embed/rule_keepers.hpp"
#include "runtime/http/http_listener.hpp"
#include "runtime/http/shared_render.hpp"
#include "runtime/server/api_answers.hpp"
#include "runtime/server/api_gate.hpp"
#include "runtime/server/flow_endpoints.hpp"
#include "runtime/server/openapi.hpp"
#include "runtime/server/rule_endpoints.hpp"
#include "runtime/server/run_census.hpp"
#include "runtime/server/run_endpoints.hpp"
#include "runtime/server/server_metrics.hpp"
#include "runtime/server/server_rules.hpp"
#include "runtime/server/server_state.hpp"
#include "runtime/server/serving_check.hpp"
#include "runtime/server/step_kinds.hpp"
#include "runtime/server/stream_endpoints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace sluice {

namespace {

/// Requests that may wait for the working thread.
constexpr std::size_t work_limit = 256;
/// Flows that may wait to be started.
constexpr std::size_t starts_limit = 64;
/// Checks of rules that may wait.
constexpr std::size_t checks_limit = 16;
/// For clients to take the last answers.
constexpr std::chrono::seconds last_answers{1};
/// Of the time to stop, what is left for interrupting what did not end by itself.
constexpr int last_share = 5;

node_catalog builtin_catalog(std::shared_ptr<rule_places> rules) {
  node_catalog catalog;
  register_builtin_nodes(catalog, std::move(rules));
  return catalog;
}

retention_rules retention_of(const server_settings::store_settings& store) {
  const auto rule = [](std::chrono::milliseconds kept) {
    return kept.count() > 0 ? std::optional(kept) : std::nullopt;
  };
  return {rule(store.keep_runs), rule(store.keep_audit)};
}

run_options runs_of(const server_settings& settings, std::shared_ptr<const step_registry> steps,
                    log_sink log) {
  run_options options;
  if (!settings.store.ephemeral)
    options.database = settings.store.database;
  options.steps = std::move(steps);
  options.lease_ttl = settings.worker.lease_ttl;
  options.step_grace = settings.worker.step_grace;
  options.retention = retention_of(settings.store);
  options.log = std::move(log);
  return options;
}

/// Of answered requests: successes are told as debug.
log_level least_told(const server_settings& settings) {
  return settings.log.level == "debug" ? log_level::debug : log_level::info;
}

http_listener_settings listening_as(const server_settings& settings, log_sink log) {
  http_listener_settings made;
  made.limits.connections = settings.http.connections;
  made.limits.header_bytes = settings.http.header_bytes;
  made.limits.body_bytes = settings.http.body_bytes;
  made.limits.read_timeout = settings.http.read_timeout;
  made.limits.write_timeout = settings.http.write_timeout;
  made.limits.stream_bytes = settings.http.stream_bytes;
  if (!settings.http.tls.certificate.empty())
    made.tls = tls_files{settings.http.tls.certificate, settings.http.tls.key};
  made.log = std::move(log);
  made.least = least_told(settings);
  return made;
}

worker_permission permission_of(const server_settings& settings,
                                const std::optional<std::string>& environment) {
  worker_wish wish;
  wish.asker = worker_asker::program;
  wish.environment = environment;
  wish.setting = settings.worker.enabled;
  return worker_gate(wish);
}

utc_time wall_time() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

/// One error for all findings of a graph of the settings.
[[noreturn]] void refuse_graph(const server_settings::flow_settings& flow, const findings& found) {
  std::string text = fmt::format("flow '{}' of the settings cannot be started:", flow.name);
  for (const auto& each : found)
    text += "\n" + to_string(each, flow.file.string());
  throw error("invalid_graph", text);
}

} // namespace

struct server::state {
  state(const server_settings& settings, server_surroundings around);
  ~state();

  void start_flows(const std::vector<server_settings::flow_settings>& wanted);
  void add_endpoints();
  std::string render();

  server_surroundings surroundings;
  bool tls;
  access_control access;
  // First what may be wrong with an address: then nothing was opened.
  http_listener listener;
  // Before flows and store: their last answers may look at it.
  server_context context;
  own_system system;
  // Before the catalog, whose nodes ask them for their rules.
  std::shared_ptr<rule_keepers> keepers;
  node_catalog nodes;
  flow_runtime flows;
  flow_keeper keeper;
  // Before the store, too, whose last answers hand starts over. A start that blocks holds up only others.
  working_thread flow_starts{starts_limit};
  working_thread rule_checks{checks_limit};
  // Before the store, whose last answers may look at it.
  server_state shown;
  run_runtime runs;
  server_rules rules;
  run_census census;
  store_probe store;
  server_worker worker;
  working_thread work{work_limit};
  api_gate gate{access, work};
  shared_render metrics;
  /// Once the stop has begun: when what still runs is interrupted.
  std::chrono::steady_clock::time_point interrupting_at{};
  bool cut_off = false;
};

server::state::state(const server_settings& settings, server_surroundings around)
    : surroundings(std::move(around)),
      tls(!settings.http.tls.certificate.empty()),
      access(settings.security),
      listener(allowed_listen_address(settings), listening_as(settings, surroundings.log)),
      system(settings.threads, true, defaults::scheduler_throughput),
      keepers(std::make_shared<rule_keepers>(system.get(), rule_keepers_settings{surroundings.log, {}})),
      nodes(builtin_catalog(keepers)),
      flows(system.get(), {settings.threads, true, surroundings.log}),
      keeper(flows, nodes, wall_time, surroundings.log, surroundings.environment),
      runs(system.get(), runs_of(settings,
                                 builtin_step_registry(
                                     surroundings.log, [this]() -> flow_runtime& { return flows; }, keepers),
                                 surroundings.log)),
      rules(*keepers, runs, settings.rules, surroundings.log),
      census([this](run_runtime::store_work task, run_runtime::work_ending done) {
        runs.read_async(std::move(task), std::move(done));
      }),
      store(runs, settings.store.ephemeral ? std::filesystem::path() : settings.store.database),
      worker(runs, settings.worker, permission_of(settings, surroundings.worker_environment)),
      metrics([this] { return render(); }) {
  context.runs = &runs;
  context.access = &access;
  context.nodes = &nodes;
  context.rules = &rules;
  context.flow_starts = &flow_starts;
  context.rule_checks = &rule_checks;
  context.log = surroundings.log;
  shown = {&context,
           &worker,
           &store,
           &keeper,
           settings.store.ephemeral ? std::filesystem::path() : settings.store.database,
           surroundings.version,
           wall_time()};
  start_flows(settings.flows);
  add_endpoints();
  worker.start();
  // Last: what fails before finds nobody at work.
  listener.start(
      [this](const http_request& request, http_reply reply) { gate.handle(request, std::move(reply)); });
}

/// Nobody asks any more before anything ends.
server::state::~state() {
  listener.stop();
  // Flows that end from here on may still have answers to give.
  context.audit.close();
}

void server::state::start_flows(const std::vector<server_settings::flow_settings>& wanted) {
  for (const auto& flow : wanted) {
    const auto answer = keeper.start(read_text_file(flow.file.string()), flow.file.string(), flow.name,
                                     "configuration", true);
    if (!answer.started)
      refuse_graph(flow, answer.found);
  }
}

void server::state::add_endpoints() {
  gate.add(health_endpoints(shown));
  gate.add(run_endpoints(context));
  gate.add(event_endpoints(context));
  gate.add(stream_endpoints(context));
  gate.add(lane_endpoints(context));
  gate.add(lease_endpoints(context));
  gate.add(rule_endpoints(context));
  gate.add(audit_endpoints(context));
  gate.add(flow_endpoints(keeper, context));
  gate.add(
      {{"GET", "/metrics", access_role::read,
        [this](const http_request&, http_reply reply) {
          metrics.ask([reply = std::move(reply)](const shared_render::result& made) {
            reply(made.failed ? error_answer("internal", made.text)
                              : http_response{200, "text/plain; version=0.0.4; charset=utf-8", made.text});
          });
        }},
       {"GET", "/api/v1/openapi.json", access_role::none,
        [](const http_request&, const http_reply& reply) { reply(json_response(openapi_document())); }}});
}

std::string server::state::render() {
  return render_flows(keeper.snapshots()) +
         render_server({&runs.meters(), &runs.store_counts(), &runs.bus_meters(), &runs.janitor_counts(),
                        &listener.counters(),
                        store.trouble().empty() && !runs.meters().renewals_fail && !context.draining,
                        worker.permission().enabled, census.counts()}) +
         render_rules(keepers->counts()) + render_process(read_process()) +
         render_build(surroundings.version);
}

server::server(const server_settings& settings, server_surroundings surroundings)
    : state_(std::make_unique<state>(settings, std::move(surroundings))) {}

server::~server() = default;

std::string server::url() const {
  return (state_->tls ? "https://" : "http://") + to_string(state_->listener.address());
}

std::string server::worker_reason() const {
  return state_->worker.permission().reason;
}

void server::reload(const server_settings& settings) {
  // The certificate first: it can be read again without being put in force twice.
  state_->listener.reload_tls();
  state_->access.reload(settings.security);
  state_->listener.set_least(least_told(settings));
  state_->runs.keep_by_rules(retention_of(settings.store));
}

void server::begin_stop(std::chrono::milliseconds time) {
  state_->context.draining = true;
  const auto grace = time - time / last_share;
  state_->interrupting_at = std::chrono::steady_clock::now() + grace;
  state_->runs.stop_worker(grace);
  state_->keeper.stop_all(grace);
}

bool server::wait_until_stopped(std::chrono::nanoseconds time) {
  using std::chrono::steady_clock;
  const auto deadline = steady_clock::now() + time;
  const auto until = [](steady_clock::time_point then) {
    return std::max<std::chrono::nanoseconds>(then - steady_clock::now(), std::chrono::nanoseconds{0});
  };
  // A tick that was on its way when the stop began has not heard of it.
  if (state_->context.ticks.any())
    state_->runs.stop_worker(std::chrono::ceil<std::chrono::milliseconds>(until(state_->interrupting_at)));
  const bool worker_ended = state_->worker.wait(time);
  const bool ticks_ended = state_->context.ticks.wait_until_none(until(deadline));
  if (!state_->keeper.wait_for_all(until(deadline)) || !worker_ended || !ticks_ended)
    return false;
  state_->cut_off = state_->cut_off || steady_clock::now() >= state_->interrupting_at;
  // Only now: until then people want to see how far it is.
  state_->listener.close_streams();
  state_->listener.drain();
  // Answers that are on their way should arrive.
  (void)state_->listener.wait_until_closed(last_answers);
  return true;
}

bool server::cut_off() const {
  return state_->cut_off;
}

} // namespace sluice
