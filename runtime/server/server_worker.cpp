#include "runtime/server/server_worker.hpp"

#include "runtime/wire/lane_name.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace sluice {

namespace {

worker_options options_of(const server_settings::worker_settings& settings) {
  worker_options options;
  options.lanes.clear();
  for (const auto& lane : settings.lanes)
    options.lanes.push_back(parse_lane(lane));
  options.parallel_runs = settings.parallel_runs;
  options.parallel_steps = settings.parallel_steps;
  options.caps = settings.caps;
  return options;
}

} // namespace

server_worker::server_worker(run_runtime& runs, const server_settings::worker_settings& settings,
                             worker_permission permission)
    : runs_(runs), options_(options_of(settings)), permission_(std::move(permission)) {}

void server_worker::start() {
  if (!permission_.enabled)
    return;
  runs_.start_worker(options_);
  running_ = true;
}

void server_worker::stop(std::chrono::milliseconds grace) {
  runs_.stop_worker(grace);
}

bool server_worker::wait(std::chrono::nanoseconds time) {
  if (!runs_.wait_for_worker(time))
    return false;
  running_ = false;
  return true;
}

std::string server_worker::status_json() const {
  nlohmann::ordered_json status{
      {"enabled", permission_.enabled}, {"reason", permission_.reason}, {"running", running_.load()}};
  status["lanes"] = nlohmann::ordered_json::array();
  for (const auto& lane : options_.lanes)
    status["lanes"].push_back(to_string(lane));
  const auto& seen = runs_.meters();
  status["parallel_runs"] = options_.parallel_runs;
  status["parallel_steps"] = options_.parallel_steps;
  status["ticks"] = seen.claims[static_cast<std::size_t>(tick_outcome::ticked)].load();
  status["attempts"] = seen.attempts.load();
  status["runs_succeeded"] = seen.runs_succeeded.load();
  status["runs_failed"] = seen.runs_failed.load();
  status["runs_cancelled"] = seen.runs_cancelled.load();
  status["runs_handed_back"] = seen.runs_handed_back.load();
  status["leases_held"] = seen.leases_held.load();
  status["leases_lost"] = seen.leases_lost.load();
  return status.dump();
}

} // namespace sluice
