#include "model/base/error.hpp"
#include "model/base/name.hpp"
#include "persistence/operations/lane_operations.hpp"
#include "runtime/server/api_answers.hpp"
#include "runtime/server/api_request.hpp"
#include "runtime/server/body_reader.hpp"
#include "runtime/server/json_list.hpp"
#include "runtime/server/run_endpoints.hpp"
#include "runtime/server/store_answers.hpp"
#include "runtime/wire/runs_json.hpp"

#include <fmt/format.h>

#include <limits>
#include <utility>

namespace sluice {

namespace {

lane_queue lane_of(const http_request& request) {
  lane_queue lane{request.path_value("env"), request.path_value("lane")};
  if (!is_valid_name(lane.env) || !is_valid_name(lane.lane))
    throw error("bad_name",
                fmt::format("'{}/{}' is no lane: use letters, digits, _ and -, beginning with a letter or _",
                            lane.env.substr(0, 80), lane.lane.substr(0, 80)));
  return lane;
}

lane_row row_of(store& in, const lane_queue& lane) {
  auto row = in.lanes().find(lane.env, lane.lane);
  row.lane = lane;
  row.usage.concurrent_runs = in.runs().count_owned(lane);
  return row;
}

void show_lanes(server_context& context, const http_request& request, http_reply reply) {
  query_reader(request.query).refuse_unknown();
  answer_from_store(context, std::move(reply), [](store& in, utc_time) {
    json_list lanes("lanes");
    for (const auto& each : list_lanes(in))
      lanes.add(lane_json(each));
    return json_response(std::move(lanes).finish());
  });
}

void show_lane(server_context& context, const http_request& request, http_reply reply) {
  query_reader(request.query).refuse_unknown();
  answer_from_store(context, std::move(reply), [lane = lane_of(request)](store& in, utc_time) {
    return json_response(lane_json(row_of(in, lane)));
  });
}

/// Changes `cap` if the body has it; null takes the cap away.
void read_cap(const body_reader& body, const char* name, std::optional<std::uint64_t>& cap) {
  if (body.is_null(name))
    cap.reset();
  else if (const auto value = body.integer(name, 0, std::numeric_limits<std::int64_t>::max()))
    cap = static_cast<std::uint64_t>(*value);
}

void read_settings(const body_reader& body, lane_settings& settings) {
  settings.enabled = body.boolean("enabled").value_or(settings.enabled);
  // A reason explains the switch as it is: a new position without one has none.
  if (body.has("enabled") || body.has("reason"))
    settings.reason = body.text("reason").value_or("");
  read_cap(body, "ticks_per_day", settings.ticks_per_day);
  read_cap(body, "concurrent_runs", settings.concurrent_runs);
}

void change_lane(server_context& context, const http_request& request, http_reply reply) {
  const body_reader body(require_json(request), {"enabled", "reason", "ticks_per_day", "concurrent_runs"});
  // A look at the body before the store is asked: what is wrong with it must not wait for a transaction.
  lane_settings checked;
  read_settings(body, checked);
  answer_by_writing(context, std::move(reply),
                    [body, lane = lane_of(request), by = request.who.name](store& in, utc_time now) {
                      auto settings = in.lanes().settings(lane.env, lane.lane);
                      read_settings(body, settings);
                      set_lane(in, lane, settings, by, now);
                      return json_response(lane_json(row_of(in, lane)));
                    });
}

} // namespace

endpoints lane_endpoints(server_context& context) {
  const auto with = [&context](auto* handler) -> http_handler {
    return [&context, handler](const http_request& request, http_reply reply) {
      handler(context, request, std::move(reply));
    };
  };
  return {
      {"GET", "/api/v1/lanes", access_role::read, with(show_lanes)},
      {"GET", "/api/v1/lanes/{env}/{lane}", access_role::read, with(show_lane)},
      {"PUT", "/api/v1/lanes/{env}/{lane}", access_role::admin, with(change_lane)},
  };
}

} // namespace sluice
