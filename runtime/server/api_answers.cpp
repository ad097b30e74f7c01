#include "runtime/server/api_answers.hpp"

#include "model/base/error.hpp"
#include "runtime/http/error_envelope.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace sluice {

namespace {

using nlohmann::ordered_json;

struct status_of_code {
  std::string_view code;
  unsigned status;
};

/// What is not here and does not begin with `store_` is a mistake of ours: 500.
constexpr std::array<status_of_code, 31> statuses{{
    {"bad_json", 400},          {"bad_query", 400},          {"bad_id", 400},
    {"bad_cursor", 400},        {"not_found", 404},          {"unknown_node", 404},
    {"unknown_edge", 404},      {"invalid_transition", 409}, {"idempotency_conflict", 409},
    {"version_conflict", 409},  {"not_held", 409},           {"flow_ended", 409},
    {"forbidden_kind", 403},    {"events_expired", 410},     {"unsupported_media_type", 415},
    {"bad_name", 422},          {"bad_value", 422},          {"invalid_run", 422},
    {"invalid_graph", 422},     {"worker_busy", 409},        {"worker_disabled", 409},
    {"control_full", 503},      {"draining", 503},           {"too_many_flows", 429},
    {"time_out_of_range", 400}, {"bad_state", 422},          {"rules_unavailable", 503},
    {"changes_expired", 410},   {"no_rule_sync", 409},       {"too_many_rules", 409},
    {"too_busy", 503},
}};

unsigned status_for(std::string_view code) {
  const auto* const found =
      std::find_if(statuses.begin(), statuses.end(), [&](const auto& each) { return each.code == code; });
  if (found != statuses.end())
    return found->status;
  return code.starts_with("store_") ? 503 : 500;
}

ordered_json describe(const finding& one) {
  ordered_json result{{"level", one.is_error() ? "error" : "warning"},
                      {"code", one.code},
                      {"path", one.path},
                      {"message", one.text}};
  if (one.position.line > 0) {
    result["line"] = one.position.line;
    result["column"] = one.position.column;
  }
  return result;
}

/// Nobody reads further.
constexpr std::size_t findings_shown = 100;

} // namespace

http_response json_response(std::string body, unsigned status) {
  body += '\n';
  return {status, "application/json", std::move(body)};
}

http_response error_answer(std::string_view code, std::string_view message) {
  auto answer = error_response(status_for(code), code, message);
  if (answer.status == 503)
    answer.fields.emplace_back("Retry-After", "1");
  return answer;
}

http_response error_answer(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const error& known) {
    return error_answer(known.code(), known.what());
  } catch (const std::exception& unknown) {
    return error_answer("internal", unknown.what());
  } catch (...) {
    return error_answer("internal", "the request could not be answered");
  }
}

http_response findings_answer(std::string_view code, std::string_view message, const findings& found) {
  auto list = ordered_json::array();
  for (const auto& each : found) {
    if (list.size() == findings_shown)
      break;
    list.push_back(describe(each));
  }
  const ordered_json body{{"error", {{"code", code}, {"message", message}, {"detail", std::move(list)}}}};
  return json_response(body.dump(-1, ' ', false, ordered_json::error_handler_t::replace), 422);
}

} // namespace sluice
