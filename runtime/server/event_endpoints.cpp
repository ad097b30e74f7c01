#include "persistence/operations/require_run.hpp"
#include "runtime/server/api_answers.hpp"
#include "runtime/server/api_request.hpp"
#include "runtime/server/json_list.hpp"
#include "runtime/server/run_endpoints.hpp"
#include "runtime/server/store_answers.hpp"
#include "runtime/wire/runs_json.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace sluice {

namespace {

constexpr std::size_t event_page_limit = 10'000;
constexpr std::size_t usual_event_page = 1'000;
constexpr auto largest_id = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

/// Events read at a time, and bytes of one answer: a result of a step may have a megabyte.
constexpr std::size_t read_at_once = 100;
constexpr std::size_t answer_bytes = 8 * 1024 * 1024;

/// Returns the events after `next`, which it leaves at the last one, until there are `limit` or the answer is
/// long enough. `read` returns up to so many after a place, `place_of` the place of an event.
template <class Read, class PlaceOf>
http_response page_of(const char* next_name, std::uint64_t next, std::size_t limit, Read&& read,
                      PlaceOf&& place_of) {
  json_list list("events");
  std::size_t bytes = 0;
  std::size_t found = read_at_once;
  while (limit > 0 && found == read_at_once && bytes < answer_bytes) {
    const auto wanted = std::min(limit, read_at_once);
    const std::vector<run_event> events = read(next, wanted);
    for (const auto& each : events) {
      const auto text = event_json(each);
      list.add(text);
      next = place_of(each);
      bytes += text.size();
      if (bytes >= answer_bytes)
        break;
    }
    limit -= wanted;
    found = events.size();
  }
  return json_response(std::move(list).finish(next_name, std::to_string(next)));
}

void of_run(server_context& context, const http_request& request, http_reply reply) {
  query_reader query(request.query);
  const auto since = query.count("since_seq", 0, largest_id).value_or(0);
  const auto limit = query.count("limit", 1, event_page_limit).value_or(usual_event_page);
  query.refuse_unknown();
  answer_from_store(
      context, std::move(reply), [run = require_id(request, "run"), since, limit](store& in, utc_time) {
        require_run(in, run);
        return page_of(
            "next_since_seq", since, limit,
            [&](std::uint64_t after, std::size_t count) { return in.events().of_run(run, after, count); },
            [](const run_event& event) { return event.seq; });
      });
}

void of_all(server_context& context, const http_request& request, http_reply reply) {
  query_reader query(request.query);
  const auto since = query.count("since_id", 0, largest_id).value_or(0);
  const auto limit = query.count("limit", 1, event_page_limit).value_or(usual_event_page);
  query.refuse_unknown();
  answer_from_store(context, std::move(reply), [since, limit](store& in, utc_time) {
    return page_of(
        "next_since_id", since, limit,
        [&](std::uint64_t after, std::size_t count) {
          return in.events().since(static_cast<std::int64_t>(after), count);
        },
        [](const run_event& event) { return static_cast<std::uint64_t>(event.id); });
  });
}

} // namespace

endpoints event_endpoints(server_context& context) {
  return {
      {"GET", "/api/v1/runs/{run}/events", access_role::read,
       [&context](const http_request& request, http_reply reply) {
         of_run(context, request, std::move(reply));
       }},
      {"GET", "/api/v1/events", access_role::read,
       [&context](const http_request& request, http_reply reply) {
         of_all(context, request, std::move(reply));
       }},
  };
}

} // namespace sluice
