#include "tests/steps/step_scene.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace sluice {

step_scene::step_scene() : token{parse_uuid("01920000-0000-7000-8000-000000000001").value(), "build", 3, 42} {
  register_builtin_steps(steps, {STEP_WORKER});
}

attempt_outcome step_scene::run(const std::string& kind, const nlohmann::ordered_json& params) {
  step_context context{token, json(params), signal, attempt_locks};
  context.log = [this](std::string_view line) {
    const std::lock_guard guard(log_mutex);
    log.emplace_back(line);
    logged.notify_all();
  };
  return steps.find(kind)->make()->run(context);
}

std::future<attempt_outcome> step_scene::begin(const std::string& kind,
                                               const nlohmann::ordered_json& params) {
  return std::async(std::launch::async, [this, kind, params] { return run(kind, params); });
}

void step_scene::await_log(const std::string& line) {
  std::unique_lock lock(log_mutex);
  if (!logged.wait_for(lock, std::chrono::minutes{1},
                       [&] { return std::find(log.begin(), log.end(), line) != log.end(); })) {
    signal.interrupt(std::chrono::milliseconds{0}); // who waits for the attempt shall not wait for ever
    throw std::runtime_error("nobody said: " + line);
  }
}

std::vector<std::string> step_scene::mistakes(const std::string& kind, std::string_view params) const {
  findings found;
  steps.catalog().find(kind)->check(json::parse(params), "steps.a.params", found);
  std::vector<std::string> lines;
  for (const auto& each : found)
    lines.push_back(each.path + ": " + each.text);
  return lines;
}

std::string step_scene::mistake(const std::string& kind, std::string_view params) const {
  std::string all;
  for (const auto& line : mistakes(kind, params))
    all += (all.empty() ? "" : " | ") + line;
  return all;
}

} // namespace sluice
