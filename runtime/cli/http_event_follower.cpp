#include "runtime/cli/http_event_follower.hpp"

#include "model/base/error.hpp"
#include "runtime/cli/http_error.hpp"
#include "runtime/wire/answer_fields.hpp"
#include "runtime/wire/runs_reader.hpp"
#include "steps/http/web_address.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <exception>
#include <utility>

namespace sluice {

namespace {

/// A refusal that another try would not change. Not: too many requests, and what a proxy says while its
/// server is away.
bool is_final(const error& failed) {
  if (failed.code() == "unreachable")
    return false;
  const auto* const refused = dynamic_cast<const http_error*>(&failed);
  if (refused == nullptr)
    return true;
  const auto status = refused->status();
  return status < 500 && status != 408 && status != 425 && status != 429;
}

std::string stream_path(const std::optional<uuid>& run) {
  return run ? fmt::format("/api/v1/runs/{}/events/stream", to_string(*run)) : "/api/v1/events/stream";
}

} // namespace

http_event_follower::http_event_follower(const http_target& target, http_event_wish wish,
                                         random_source random)
    : client_(target), wish_(std::move(wish)), backoff_(std::move(random)) {
  thread_ = std::thread([this] { run(); });
}

http_event_follower::~http_event_follower() {
  client_.interrupt();
  thread_.join();
}

void http_event_follower::run() {
  std::exception_ptr failure;
  try {
    try_until_over();
  } catch (const error& failed) {
    if (failed.code() == "interrupted")
      return; // nobody wants more
    failure = std::current_exception();
  } catch (...) {
    failure = std::current_exception();
  }
  if (wish_.ending)
    wish_.ending(failure);
}

void http_event_follower::try_until_over() {
  while (true) {
    try {
      read_stream();
      if (over_)
        return;
      if (!std::exchange(refused_, false))
        announce_loss(fmt::format("{} has ended the stream", shown_address(client_.target().url)));
    } catch (const error& failed) {
      if (is_final(failed))
        throw;
      announce_loss(failed.what());
    }
    if (!client_.pause(backoff_.next()))
      throw error("interrupted", "nobody follows any more");
  }
}

void http_event_follower::read_stream() {
  api_call call;
  call.path = stream_path(wish_.run);
  call.fields = {"Accept: text/event-stream", fmt::format("Last-Event-ID: {}", wish_.since)};
  http_event_parser parser;
  client_.stream(call, [&](std::string_view bytes) {
    announce_return();
    std::vector<server_sent_event> received;
    parser.feed(bytes, [&received](const server_sent_event& event) { received.push_back(event); });
    take(received);
    return !over_;
  });
}

void http_event_follower::take(const std::vector<server_sent_event>& received) {
  std::vector<run_event> events;
  for (const auto& one : received) {
    if (one.name == "end") {
      over_ = true;
      break;
    }
    refused_ |= one.name == "error";
    if (refused_ || one.data.empty())
      continue;
    const auto answer = parse_answer(one.data);
    const auto id = answer_fields(answer, "event").number("id");
    if (id <= wish_.since)
      continue; // handed on already
    // A newer server may tell more than this client can name; it is passed over.
    if (is_known_event(answer))
      events.push_back(read_event(answer));
    wish_.since = id;
  }
  if (!events.empty())
    wish_.listener(events);
}

void http_event_follower::announce_loss(const std::string& trouble) {
  if (!std::exchange(lost_, true) && wish_.notice)
    wish_.notice(trouble + "; trying again until it is back");
}

void http_event_follower::announce_return() {
  backoff_.reset();
  if (std::exchange(lost_, false) && wish_.notice)
    wish_.notice(fmt::format("{} is back", shown_address(client_.target().url)));
}

} // namespace sluice
