#include "persistence/operations/require_run.hpp"
#include "runtime/server/api_answers.hpp"
#include "runtime/server/api_request.hpp"
#include "runtime/server/json_list.hpp"
#include "runtime/server/kept_events.hpp"
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

/// Adds the events after `next` until there are `limit` or the answer is long enough; returns the place of
/// the last one. `read` returns up to so many after a place, `place_of` the place of an event.
template <class Read, class PlaceOf>
std::uint64_t fill_page(json_list& list, std::uint64_t next, std::size_t limit, Read&& read,
                        PlaceOf&& place_of) {
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
  return next;
}

void of_run(server_context& context, const http_request& request, http_reply reply) {
  query_reader query(request.query);
  const auto since = query.count("since_seq", 0, largest_id).value_or(0);
  const auto limit = query.count("limit", 1, event_page_limit).value_or(usual_event_page);
  query.refuse_unknown();
  answer_from_store(
      context, std::move(reply), [run = require_id(request, "run"), since, limit](store& in, utc_time) {
        require_run(in, run);
        require_kept_events(in, run, since);
        json_list list("events");
        const auto next = fill_page(
            list, since, limit,
            [&](std::uint64_t after, std::size_t count) { return in.events().of_run(run, after, count); },
            [](const run_event& event) { return event.seq; });
        return json_response(std::move(list).finish("next_since_seq", std::to_string(next)));
      });
}

void of_all(server_context& context, const http_request& request, http_reply reply) {
  query_reader query(request.query);
  const auto since = query.count("since_id", 0, largest_id).value_or(0);
  const auto known_removed = query.count("removed_through", 0, largest_id).value_or(0);
  const auto limit = query.count("limit", 1, event_page_limit).value_or(usual_event_page);
  query.refuse_unknown();
  answer_from_store(context, std::move(reply), [since, known_removed, limit](store& in, utc_time) {
    require_kept_events(in, static_cast<std::int64_t>(since), static_cast<std::int64_t>(known_removed));
    json_list list("events");
    const auto next = fill_page(
        list, since, limit,
        [&](std::uint64_t after, std::size_t count) {
          return in.events().since(static_cast<std::int64_t>(after), count);
        },
        [](const run_event& event) { return static_cast<std::uint64_t>(event.id); });
    return json_response(std::move(list).finish("next_since_id", std::to_string(next), "removed_through",
                                                std::to_string(in.events().removed_through())));
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
