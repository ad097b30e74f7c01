#include "model/run/step_graph.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace sluice {

namespace {

using nlohmann::ordered_json;

/// Whole seconds read better than thousands of milliseconds; both read back exactly.
std::string format_duration(std::chrono::milliseconds duration) {
  const auto count = duration.count();
  return count % 1000 == 0 ? fmt::format("{}s", count / 1000) : fmt::format("{}ms", count);
}

ordered_json write_retry(const retry_policy& retry) {
  const retry_policy usual;
  auto out = ordered_json::object();
  if (retry.max_attempts != usual.max_attempts)
    out["max_attempts"] = retry.max_attempts;
  if (retry.backoff != usual.backoff)
    out["backoff"] = to_string(retry.backoff);
  if (retry.delay != usual.delay)
    out["delay"] = format_duration(retry.delay);
  if (retry.max_delay != usual.max_delay)
    out["max_delay"] = format_duration(retry.max_delay);
  if (retry.jitter != usual.jitter)
    out["jitter"] = retry.jitter;
  return out;
}

ordered_json write_step(const step_spec& step) {
  auto out = ordered_json::object();
  out["kind"] = step.kind;
  if (!step.deps.empty())
    out["deps"] = step.deps;
  if (step.params.value().is_object() && !step.params.value().empty())
    out["params"] = step.params.value();
  if (auto retry = write_retry(step.retry); !retry.empty())
    out["retry"] = std::move(retry);
  if (step.timeout)
    out["timeout"] = format_duration(*step.timeout);
  return out;
}

} // namespace

const step_spec* step_graph::find(std::string_view id) const noexcept {
  const auto found = std::find_if(steps.begin(), steps.end(), [&](const step_spec& s) { return s.id == id; });
  return found == steps.end() ? nullptr : &*found;
}

json to_json(const step_graph& graph) {
  auto out = ordered_json::object();
  out["version"] = step_graph::version;
  ordered_json::object_t steps;
  // Not by operator[], which looks through all names each time.
  for (const auto& step : graph.steps)
    steps.emplace_back(step.id, write_step(step));
  out["steps"] = std::move(steps);
  if (graph.entry_step)
    out["entry_step"] = *graph.entry_step;
  return json(std::move(out));
}

bool operator==(const step_graph& a, const step_graph& b) {
  return to_json(a).dump() == to_json(b).dump();
}

} // namespace sluice
