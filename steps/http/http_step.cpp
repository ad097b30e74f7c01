#include "steps/http/http_step.hpp"

#include "model/base/error.hpp"
#include "model/base/fault_point.hpp"
#include "steps/http/http_params.hpp"
#include "steps/http/http_transfer.hpp"
#include "steps/http/web_address.hpp"
#include "steps/signal_inbox.hpp"
#include "steps/step_outcomes.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace sluice {

namespace {

using nlohmann::ordered_json;

/// True for `application/json`, `application/problem+json; charset=utf-8` and the like.
bool is_json_type(std::string_view content_type) {
  const auto type = content_type.substr(0, content_type.find_first_of("; \t"));
  constexpr std::string_view plain = "application/json";
  constexpr std::string_view suffix = "+json";
  return is_same_header(type, plain) ||
         (type.size() > suffix.size() && is_same_header(type.substr(type.size() - suffix.size()), suffix));
}

ordered_json body_of(const http_answer& answer, std::size_t limit) {
  auto text = answer.body().text(limit);
  if (!is_json_type(answer.header("content-type")) || answer.body().truncated(limit))
    return text;
  try {
    return json::parse(text).value();
  } catch (const error&) {
    return text; // what is no JSON, whatever it is called, is text
  }
}

json result_of(int status, const http_answer& answer, std::size_t output_limit) {
  auto headers = ordered_json::object();
  for (const auto& [name, value] : answer.headers())
    headers[name] = value;
  return detail::fitting_result(output_limit, [&](std::size_t limit) {
    return json(ordered_json{{"status", status},
                             {"headers", headers},
                             {"body", body_of(answer, limit)},
                             {"truncated", answer.body().truncated(limit)}});
  });
}

bool is_transient_status(int status) noexcept {
  constexpr std::array transient = {408, 425, 429};
  return status >= 500 || std::find(transient.begin(), transient.end(), status) != transient.end();
}

/// Returns the beginning of the body, on one line, for a message.
std::string beginning_of(const http_answer& answer) {
  constexpr std::size_t enough = 200;
  auto text = answer.body().text(enough);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
  return text.empty() ? text : ": " + text;
}

attempt_outcome judge(const http_params& params, const http_transfer& transfer) {
  const int status = transfer.status();
  if (expects(params, status))
    return detail::succeeded(result_of(status, transfer.answer(), params.output_limit));
  return detail::failed("http_status",
                        fmt::format("{} {} was answered with status {}{}", params.method,
                                    shown_address(params.url), status, beginning_of(transfer.answer())),
                        is_transient_status(status));
}

class http_runner final : public step_runner {
public:
  attempt_outcome run(step_context& context) override {
    findings found;
    const auto params = read_http_params(context.params, "params", detail::references::are_replaced, found);
    if (!found.empty())
      return detail::refused(found);
    signal_inbox inbox(context.signal);
    http_transfer transfer(params, context.token);
    fault_point("http.begun");
    const auto end = transfer.run(inbox);
    fault_point("http.ended");
    switch (end) {
    case transfer_end::interrupted:
      return detail::cancelled(fmt::format("{} {} was broken off", params.method, shown_address(params.url)));
    case transfer_end::expired:
      return detail::expired(
          fmt::format("{} {} was broken off because the lease on its run was not renewed in time",
                      params.method, shown_address(params.url)));
    case transfer_end::failed:
      return detail::failed("http_transport", transfer.trouble(), transfer.is_transient());
    case transfer_end::answered:
      break;
    }
    return judge(params, transfer);
  }
};

} // namespace

step_type http_step_type() {
  step_type type;
  type.kind.name = "http";
  type.kind.summary = "Sends an HTTP request and checks the status of the answer.";
  type.kind.reach = step_reach::outside;
  type.kind.check = [](const json& params, const std::string& path, findings& out) {
    (void)read_http_params(params, path, detail::references::may_come, out);
  };
  type.make = [] { return std::make_unique<http_runner>(); };
  return type;
}

} // namespace sluice
