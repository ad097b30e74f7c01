#include "runtime/server/tick_request.hpp"

#include "model/base/error.hpp"
#include "model/base/name.hpp"
#include "runtime/server/api_answers.hpp"
#include "runtime/server/api_request.hpp"
#include "runtime/server/body_reader.hpp"
#include "runtime/server/step_permission.hpp"
#include "runtime/wire/runs_json.hpp"

#include <fmt/format.h>

#include <memory>

namespace sluice {

namespace {

http_response answer_of(const tick_report& report) {
  if (report.outcome == tick_outcome::error && report.error_code.starts_with("store_"))
    return error_answer(report.error_code, report.error_text);
  return json_response(tick_json(report));
}

/// The run that a tick would take next. One that overtakes it meanwhile was submitted by somebody who may.
run_choice due_first(const lane_queue& from) {
  return [from](store& in, utc_time now) -> std::optional<uuid> {
    const auto next = in.runs().next_to_advance(from, now, {});
    return next ? std::optional(next->id) : std::nullopt;
  };
}

void tick(server_context& context, const lane_queue& from, const http_request& request,
          const http_reply& reply) {
  if (context.draining)
    throw error("draining", "the server is going down: nothing new is begun");
  // Counted until it is answered, or given up, whoever does that.
  context.ticks.begin();
  const std::shared_ptr<void> counted(nullptr, [&context](void*) { context.ticks.end(); });
  const auto ticked = [runs = context.runs, from, reply, counted](const std::exception_ptr& failure) {
    if (failure)
      return reply(error_answer(failure));
    runs->tick_async(from, [reply, counted](const tick_report& report) { reply(answer_of(report)); });
  };
  append_audit(context, request, "worker.tick", from.env + "/" + from.lane, "{}", ticked);
}

} // namespace

void answer_tick(server_context& context, const http_request& request, const http_reply& reply) {
  const body_reader body(require_json(request), {"env", "lane"});
  const lane_queue from{body.text("env").value_or("default"), body.text("lane").value_or("default")};
  if (!is_valid_name(from.env) || !is_valid_name(from.lane))
    throw error("bad_name",
                fmt::format("'{}/{}' is no lane", from.env.substr(0, 80), from.lane.substr(0, 80)));
  permit_steps(context, request, reply, due_first(from),
               [&context, from, request, reply] { tick(context, from, request, reply); });
}

} // namespace sluice
