#include "runtime/server/run_event_stream.hpp"

#include "model/base/error.hpp"
#include "runtime/wire/runs_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace sluice {

namespace {

/// Events read at a time while the client catches up; results of steps may be large.
constexpr std::size_t page_size = 100;
/// Bytes that may wait for a client that catches up before it gets more.
constexpr std::size_t page_bytes = 256 * 1024;

constexpr std::uint16_t close_normal = 1000;
constexpr std::uint16_t close_policy = 1008;
constexpr std::uint16_t close_failure = 1011;

/// Returns the status that an event ends its run with; empty: it does not.
std::string_view end_of(run_event_kind kind) {
  switch (kind) {
  case run_event_kind::run_succeeded:
    return "succeeded";
  case run_event_kind::run_failed:
    return "failed";
  case run_event_kind::run_cancelled:
    return "cancelled";
  default:
    return {};
  }
}

} // namespace

run_event_stream::run_event_stream(server_context& context, const run_event_place& from, stream_permit permit,
                                   bool websocket)
    : context_(context), from_(from), websocket_(websocket), permit_(std::move(permit)) {}

std::shared_ptr<stream_opening> run_event_stream::opening() {
  auto made = std::make_shared<stream_opening>();
  made->websocket = websocket_;
  const auto self = shared_from_this();
  made->opened = [self](std::shared_ptr<http_stream> to) { self->on_opened(std::move(to)); };
  made->drained = [self] { self->on_drained(); };
  made->looked = [self] { self->on_looked(); };
  made->closed = [self] { self->on_closed(); };
  return made;
}

void run_event_stream::on_opened(std::shared_ptr<http_stream> to) {
  {
    const std::lock_guard lock(mutex_);
    to_ = std::move(to);
    if (!from_.ended.empty() && from_.since_seq >= from_.last_seq)
      return finish(from_.ended);
    reading_ = true;
  }
  read_page();
}

void run_event_stream::on_drained() {
  {
    const std::lock_guard lock(mutex_);
    if (!to_ || following_ || reading_)
      return;
    reading_ = true;
  }
  read_page();
}

void run_event_stream::on_looked() {
  const auto objection = permit_.objection();
  if (!objection)
    return;
  const std::lock_guard lock(mutex_);
  if (to_)
    fail("access_ended", *objection, close_policy);
}

void run_event_stream::on_closed() {
  // Ended without the lock: that waits for the listener, which takes it.
  std::unique_ptr<run_runtime::subscription> ended;
  const std::lock_guard lock(mutex_);
  to_.reset();
  ended = std::move(live_);
}

void run_event_stream::read_page() {
  auto page = std::make_shared<fetched_events>();
  context_.runs->read_async(
      [page, from = from_](store& in, utc_time) {
        page->events = from.run ? in.events().of_run(*from.run, from.since_seq, page_size)
                                : in.events().since(from.since_id, page_size);
        page->removed = in.events().removed_through();
      },
      [self = shared_from_this(), page](const std::exception_ptr& failure) {
        self->take_page(*page, failure);
      });
}

bool run_event_stream::misses(const fetched_events& page) const {
  const auto& events = page.events;
  if (!from_.run)
    return from_.since_id > 0 && from_.since_id < page.removed && from_.known_removed < page.removed;
  if (!events.empty() && from_.since_seq > 0 && events.front().seq != from_.since_seq + 1)
    return true;
  const auto reached = events.empty() ? from_.since_seq : events.back().seq;
  return events.size() < page_size && reached < from_.last_seq;
}

void run_event_stream::take_page(const fetched_events& page, const std::exception_ptr& failure) {
  if (failure || misses(page)) {
    const std::lock_guard lock(mutex_);
    reading_ = false;
    if (to_ && failure)
      fail("store_unavailable", "the events cannot be read now; go on later where you were", close_failure);
    else if (to_)
      fail("events_expired", "events that come next have been removed meanwhile: begin anew", close_policy);
    return;
  }
  if (!pass_on(page.events))
    return;
  if (page.events.size() == page_size) {
    // What waits is told as `drained`; when nothing does, nobody else would go on.
    if (has_room(0))
      read_page();
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    reading_ = false;
    following_ = true;
  }
  follow();
}

bool run_event_stream::pass_on(const std::vector<run_event>& page) {
  for (const auto& each : page) {
    if (!has_room(page_bytes))
      return false;
    auto piece = piece_of(each);
    const std::lock_guard lock(mutex_);
    if (!to_ || !to_->send(std::move(piece)) || !take_note(each)) {
      reading_ = false;
      return false;
    }
  }
  return true;
}

bool run_event_stream::has_room(std::size_t most_waiting) {
  const std::lock_guard lock(mutex_);
  reading_ = to_ && to_->waiting() <= most_waiting;
  return reading_;
}

void run_event_stream::follow() {
  auto live = context_.runs->subscribe(
      from_.since_id, from_.run,
      [self = shared_from_this()](const std::vector<run_event>& events) { self->take_live(events); });
  std::unique_ptr<run_runtime::subscription> unwanted;
  const std::lock_guard lock(mutex_);
  // The client may be gone by now.
  (to_ ? live_ : unwanted) = std::move(live);
}

void run_event_stream::take_live(const std::vector<run_event>& events) {
  for (const auto& each : events) {
    if (!is_open())
      return;
    auto piece = piece_of(each);
    const std::lock_guard lock(mutex_);
    if (!to_)
      return;
    if (!to_->send(std::move(piece)))
      return fail("slow_reader", "you read more slowly than events come; go on where you were", close_policy);
    if (!take_note(each))
      return;
  }
}

bool run_event_stream::is_open() {
  const std::lock_guard lock(mutex_);
  return to_ != nullptr;
}

bool run_event_stream::take_note(const run_event& sent) {
  from_.since_id = sent.id;
  from_.since_seq = sent.seq;
  const auto end = end_by(sent);
  if (!end.empty())
    finish(end);
  return end.empty();
}

std::string run_event_stream::end_by(const run_event& event) const {
  if (!from_.run || event.seq < from_.last_seq)
    return {};
  if (event.seq == from_.last_seq)
    return from_.ended;
  return std::string(end_of(event.kind));
}

void run_event_stream::finish(const std::string& status) {
  const nlohmann::ordered_json end{{"run", to_string(*from_.run)}, {"status", status}};
  shut(websocket_ ? nlohmann::ordered_json{{"end", end}}.dump()
                  : fmt::format("event: end\ndata: {}\n\n", end.dump()),
       close_normal, "the run is over");
}

void run_event_stream::fail(const char* code, const std::string& message, std::uint16_t close_code) {
  const nlohmann::ordered_json envelope{
      {"error", {{"code", code}, {"message", message}, {"detail", nullptr}}}};
  shut(websocket_ ? envelope.dump() : fmt::format("event: error\ndata: {}\n\n", envelope.dump()), close_code,
       code);
}

/// The subscription ends when the session says that it is closed, on the network thread: not here, where it
/// may be calling.
void run_event_stream::shut(std::string last, std::uint16_t close_code, const std::string& reason) {
  to_->close(std::move(last), close_code, reason);
  to_.reset();
}

std::string run_event_stream::piece_of(const run_event& event) const {
  if (websocket_)
    return event_json(event);
  return fmt::format("id: {}\nevent: {}\ndata: {}\n\n", event.id, to_string(event.kind), event_json(event));
}

} // namespace sluice
