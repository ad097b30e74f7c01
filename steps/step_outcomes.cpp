#include "steps/step_outcomes.hpp"

#include "model/run/run_defaults.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace sluice::detail {

attempt_outcome succeeded(json result) {
  return {attempt_status::succeeded, std::move(result)};
}

attempt_outcome failed(std::string code, std::string text, bool retryable) {
  return {attempt_status::failed, {}, std::move(code), std::move(text), retryable};
}

attempt_outcome cancelled(std::string text) {
  return {attempt_status::cancelled, {}, "cancelled", std::move(text), false};
}

attempt_outcome expired(std::string text) {
  return {attempt_status::lost, {}, "lease_expired", std::move(text), true};
}

attempt_outcome refused(const findings& found) {
  std::string text;
  for (const auto& each : found)
    text += (text.empty() ? "" : "; ") + each.path + ": " + each.text;
  return failed("bad_params", std::move(text), false);
}

json fitting_result(std::size_t limit, const std::function<json(std::size_t limit)>& make) {
  auto result = make(limit);
  while (limit > 0 && result.dump().size() > defaults::step_result_bytes) {
    limit /= 2;
    result = make(limit);
  }
  return result;
}

} // namespace sluice::detail
