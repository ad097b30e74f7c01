#include "persistence/operations/force_release.hpp"
#include "persistence/owners/host_clock.hpp"
#include "runtime/server/api_answers.hpp"
#include "runtime/server/api_request.hpp"
#include "runtime/server/json_list.hpp"
#include "runtime/server/run_endpoints.hpp"
#include "runtime/server/store_answers.hpp"
#include "runtime/wire/runs_json.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace sluice {

namespace {

constexpr std::size_t lease_page_limit = 1'000;
constexpr std::size_t usual_lease_page = 100;

void list_leases(server_context& context, const http_request& request, http_reply reply) {
  query_reader query(request.query);
  const auto limit = query.count("limit", 1, lease_page_limit).value_or(usual_lease_page);
  const auto after = query.id("cursor").value_or(uuid{});
  query.refuse_unknown();
  answer_from_store(context, std::move(reply), [limit, after](store& in, utc_time) {
    const auto held = in.leases().held(after, limit + 1);
    const auto now = boot_now();
    json_list leases("leases");
    for (std::size_t i = 0; i < held.size() && i < limit; ++i)
      leases.add(lease_json(held[i], now));
    const bool more = held.size() > limit;
    return json_response(std::move(leases).finish(
        "next_cursor", more ? '"' + to_string(held[limit - 1].run) + '"' : std::string("null")));
  });
}

void release_lease(server_context& context, const http_request& request, http_reply reply) {
  answer_by_writing(
      context, std::move(reply),
      [run = require_id(request, "run"), by = request.who.name](store& in, utc_time now) {
        const auto token = force_release(in, run, by, now);
        const nlohmann::ordered_json body{{"run", to_string(run)}, {"token", token}, {"released", true}};
        return json_response(body.dump());
      });
}

} // namespace

endpoints lease_endpoints(server_context& context) {
  const auto with = [&context](auto* handler) -> http_handler {
    return [&context, handler](const http_request& request, http_reply reply) {
      handler(context, request, std::move(reply));
    };
  };
  return {
      {"GET", "/api/v1/leases", access_role::read, with(list_leases)},
      {"DELETE", "/api/v1/leases/{run}", access_role::admin, with(release_lease)},
  };
}

} // namespace sluice
