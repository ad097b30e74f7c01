#include "runtime/server/rule_order_request.hpp"

#include "model/base/error.hpp"
#include "model/config/quantity.hpp"
#include "model/config/suggestion.hpp"
#include "runtime/server/api_request.hpp"
#include "runtime/server/body_reader.hpp"

#include <fmt/format.h>

namespace sluice {

namespace {

/// Long enough for an explanation, and short enough for every row and line that shows it.
constexpr std::size_t reason_limit = 1'000;

[[noreturn]] void refuse_order(const std::string& text) {
  throw error("bad_value", text);
}

rule_mode read_mode(const body_reader& body) {
  const auto name = body.text("mode");
  if (!name)
    refuse_order("mode: expected enabled, disabled or clipped; it is missing");
  const auto mode = parse_rule_mode(*name);
  if (!mode)
    refuse_order(fmt::format("mode: expected enabled, disabled or clipped, found '{}'{}", name->substr(0, 80),
                             suggest(*name, {"enabled", "disabled", "clipped"})));
  return *mode;
}

double read_ceiling(const body_reader& body, rule_mode mode) {
  const auto ceiling = body.number("confidence_max", 0, 1);
  if (mode == rule_mode::clipped && !ceiling)
    refuse_order("confidence_max: a rule is clipped to a number from 0 to 1; it is missing");
  if (mode != rule_mode::clipped && ceiling)
    refuse_order("confidence_max: this is for clipped rules alone");
  return ceiling.value_or(1);
}

void read_end(const body_reader& body, rule_order& order) {
  const auto until = body.text("expires_at");
  const auto lasts = body.text("for");
  if (until && lasts)
    refuse_order("for: there is expires_at already; give one of the two");
  if ((until || lasts) && order.mode == rule_mode::enabled)
    refuse_order(fmt::format("{}: an enabled rule stays enabled", until ? "expires_at" : "for"));
  if (until) {
    order.until = parse_utc_time(*until);
    if (!order.until)
      refuse_order(
          fmt::format("expires_at: expected a moment in UTC such as 2026-11-21T08:17:05.123Z, found '{}'",
                      until->substr(0, 80)));
  }
  if (lasts) {
    order.lasts = parse_duration(*lasts);
    if (!order.lasts || *order.lasts <= std::chrono::nanoseconds::zero())
      refuse_order(
          fmt::format("for: expected a duration such as 30m or 12h, found '{}'", lasts->substr(0, 80)));
  }
}

} // namespace

rule_order read_rule_order(const http_request& request) {
  const body_reader body(require_json(request), {"mode", "confidence_max", "reason", "expires_at", "for"});
  rule_order order;
  order.mode = read_mode(body);
  order.confidence_max = read_ceiling(body, order.mode);
  order.reason = body.text("reason").value_or("");
  if (order.reason.size() > reason_limit)
    refuse_order(
        fmt::format("reason: expected at most {} bytes, found {}", reason_limit, order.reason.size()));
  if (order.reason.empty() && order.mode != rule_mode::enabled)
    refuse_order("reason: say why, for those who look later; it is missing");
  read_end(body, order);
  return order;
}

} // namespace sluice
