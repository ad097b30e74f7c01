#include "runtime/server/stream_endpoints.hpp"

#include "model/base/error.hpp"
#include "model/config/quantity.hpp"
#include "model/run/run_status.hpp"
#include "persistence/operations/require_run.hpp"
#include "runtime/server/api_request.hpp"
#include "runtime/server/kept_events.hpp"
#include "runtime/server/run_event_stream.hpp"
#include "runtime/server/store_answers.hpp"

#include <fmt/format.h>

#include <limits>
#include <utility>

namespace sluice {

namespace {

constexpr auto largest_id = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

/// What a client says about where it wants to begin; nothing: it says nothing.
struct stream_wish {
  std::optional<std::uint64_t> since_id;
  std::optional<std::uint64_t> since_seq;
};

/// A browser that connects again repeats the query and adds the header: the header is newer.
std::optional<std::uint64_t> last_event_id(const http_request& request) {
  const auto values = request.values("Last-Event-ID");
  if (values.empty() || values.front().empty())
    return std::nullopt;
  const auto number = parse_integer(values.front());
  if (values.size() > 1 || !number || *number < 0)
    throw error("bad_query",
                fmt::format("Last-Event-ID: '{}' is no id of an event", values.front().substr(0, 80)));
  return static_cast<std::uint64_t>(*number);
}

stream_wish read_wish(const http_request& request, bool of_run) {
  query_reader query(request.query);
  stream_wish wish;
  wish.since_id = query.count("since_id", 0, largest_id);
  if (of_run)
    wish.since_seq = query.count("since_seq", 0, largest_id);
  query.refuse_unknown();
  if (const auto last = last_event_id(request)) {
    wish.since_id = last;
    wish.since_seq.reset();
  }
  return wish;
}

http_response opened(server_context& context, const run_event_place& from, const stream_permit& permit,
                     bool websocket) {
  http_response answer;
  answer.content_type = "text/event-stream";
  answer.stream = std::make_shared<run_event_stream>(context, from, permit, websocket)->opening();
  return answer;
}

/// Returns the number of the run's last event whose id is at most `since_id`.
std::uint64_t seq_up_to(store& in, const uuid& run, std::uint64_t last_seq, std::int64_t since_id) {
  std::uint64_t below = 0;
  std::uint64_t above = last_seq + 1;
  // Ids grow with the numbers.
  while (above - below > 1) {
    const auto middle = below + (above - below) / 2;
    const auto found = in.events().of_run(run, middle - 1, 1);
    if (!found.empty() && found.front().id <= since_id)
      below = middle;
    else
      above = middle;
  }
  return below;
}

[[noreturn]] void throw_expired() {
  throw error("events_expired",
              "there is no such event in this database, which may be an older copy: begin anew");
}

/// A client that is ahead of the database would wait in silence until others' events have its numbers.
void require_known(store& in, const stream_wish& wish) {
  if (wish.since_id.value_or(0) > static_cast<std::uint64_t>(in.events().last_id()))
    throw_expired();
}

run_event_place place_in(store& in, const uuid& run, const stream_wish& wish) {
  require_known(in, wish);
  const auto row = require_run(in, run);
  if (wish.since_seq.value_or(0) > row.last_seq)
    throw_expired();
  run_event_place from;
  from.run = run;
  from.last_seq = row.last_seq;
  from.since_id = static_cast<std::int64_t>(wish.since_id.value_or(0));
  from.since_seq = wish.since_seq  ? *wish.since_seq
                   : wish.since_id ? seq_up_to(in, run, row.last_seq, from.since_id)
                                   : 0;
  require_kept_events(in, run, from.since_seq);
  // Who names an id has seen events, and none of these is left.
  if (from.since_id > 0 && from.since_seq == 0)
    require_first_event(in, run);
  if (wish.since_seq && *wish.since_seq > 0) {
    const auto last = in.events().of_run(run, *wish.since_seq - 1, 1);
    from.since_id = last.empty() ? in.events().last_id() : last.front().id;
  }
  if (is_terminal(row.status))
    from.ended = to_string(row.status);
  return from;
}

void open_run(server_context& context, const http_request& request, http_reply reply, bool websocket) {
  answer_from_store(context, std::move(reply),
                    [&context, run = require_id(request, "run"), wish = read_wish(request, true),
                     permit = stream_permit(*context.access, request), websocket](store& in, utc_time) {
                      return opened(context, place_in(in, run, wish), permit, websocket);
                    });
}

/// Without a place: from now on.
void open_all(server_context& context, const http_request& request, http_reply reply, bool websocket) {
  answer_from_store(context, std::move(reply),
                    [&context, wish = read_wish(request, false),
                     permit = stream_permit(*context.access, request), websocket](store& in, utc_time) {
                      require_known(in, wish);
                      run_event_place from;
                      from.since_id =
                          wish.since_id ? static_cast<std::int64_t>(*wish.since_id) : in.events().last_id();
                      require_kept_events(in, from.since_id, 0);
                      from.known_removed = in.events().removed_through();
                      return opened(context, from, permit, websocket);
                    });
}

} // namespace

endpoints stream_endpoints(server_context& context) {
  const auto with = [&context](auto* handler, bool websocket) -> http_handler {
    return [&context, handler, websocket](const http_request& request, http_reply reply) {
      handler(context, request, std::move(reply), websocket);
    };
  };
  return {
      {"GET", "/api/v1/runs/{run}/events/stream", access_role::read, with(open_run, false)},
      {"GET", "/api/v1/runs/{run}/events/ws", access_role::read, with(open_run, true)},
      {"GET", "/api/v1/events/stream", access_role::read, with(open_all, false)},
      {"GET", "/api/v1/events/ws", access_role::read, with(open_all, true)},
  };
}

} // namespace sluice
