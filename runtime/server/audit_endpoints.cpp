#include "runtime/server/api_answers.hpp"
#include "runtime/server/api_request.hpp"
#include "runtime/server/json_list.hpp"
#include "runtime/server/run_endpoints.hpp"
#include "runtime/server/store_answers.hpp"
#include "runtime/wire/runs_json.hpp"

#include <limits>
#include <string>
#include <utility>

namespace sluice {

endpoints audit_endpoints(server_context& context) {
  const auto list = [&context](const http_request& request, http_reply reply) {
    constexpr std::size_t page_limit = 1'000;
    constexpr std::size_t usual_page = 100;
    constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    query_reader query(request.query);
    const auto since = static_cast<std::int64_t>(query.count("since_id", 0, largest).value_or(0));
    const auto limit = query.count("limit", 1, page_limit).value_or(usual_page);
    query.refuse_unknown();
    answer_from_store(context, std::move(reply), [since, limit](store& in, utc_time) {
      const auto rows = in.audit().since(since, limit);
      json_list audit("audit");
      for (const auto& each : rows)
        audit.add(audit_json(each));
      return json_response(
          std::move(audit).finish("next_since_id", std::to_string(rows.empty() ? since : rows.back().id)));
    });
  };
  return {{"GET", "/api/v1/audit", access_role::admin, list}};
}

} // namespace sluice
