#include "runtime/cli/http_runs_client.hpp"

#include "model/base/error.hpp"
#include "runtime/cli/http_event_follower.hpp"
#include "runtime/wire/answer_fields.hpp"
#include "runtime/wire/runs_reader.hpp"
#include "runtime/wire/runs_writer.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <random>
#include <utility>

namespace sluice {

namespace {

using nlohmann::ordered_json;

/// What the server gives at a time.
constexpr std::size_t largest_page = 1'000;

std::string run_path(const uuid& run, const char* part = "") {
  return "/api/v1/runs/" + to_string(run) + part;
}

std::string lane_path(const lane_queue& lane) {
  return fmt::format("/api/v1/lanes/{}/{}", url_encoded(lane.env), url_encoded(lane.lane));
}

/// Who asks is what the token says: another name would be written down nowhere.
void refuse_name(const std::string& by) {
  if (!by.empty())
    throw error("server_knows_caller",
                fmt::format("leave out --by '{}': the server writes down whose token it was", by));
}

api_call page_call(const run_filter& filter) {
  api_call call;
  call.path = "/api/v1/runs";
  call.query = {{"env", filter.env},
                {"lane", filter.lane},
                {"status", filter.status ? std::string(to_string(*filter.status)) : ""},
                {"job_type", filter.job_type},
                {"since", filter.since ? to_string(*filter.since) : ""},
                {"before", filter.before.empty() ? "" : to_string(filter.before)}};
  return call;
}

random_source own_random() {
  return [engine = std::mt19937_64(std::random_device{}())]() mutable { return engine(); };
}

} // namespace

http_runs_client::http_runs_client(http_target target, std::function<void(const std::string&)> notice)
    : client_(std::move(target)), notice_(std::move(notice)) {}

http_runs_client::~http_runs_client() = default;

ordered_json http_runs_client::ask(const api_call& call) {
  return parse_answer(client_.ask(call));
}

created_run http_runs_client::submit(const run_submission& submission, const json& graph) {
  return read_created(ask({"POST", "/api/v1/runs", {}, submission_json(submission, graph)}));
}

created_run http_runs_client::retry(const uuid& run, const std::string& by) {
  refuse_name(by);
  return read_created(ask({"POST", run_path(run, "/retry"), {}, "{}"}));
}

command_answer http_runs_client::command(const uuid& run, run_command what, const std::string& by,
                                         const std::string& reason) {
  refuse_name(by);
  return read_command_answer(ask({"POST", run_path(run, "/commands"), {}, command_json(what, reason)}));
}

std::vector<run_row> http_runs_client::list(const run_filter& filter) {
  std::vector<run_row> rows;
  const auto first = page_call(filter);
  std::string cursor;
  // The server may end a page early: only the cursor says whether there are more.
  do {
    auto call = first;
    const auto wanted = std::min(filter.limit - rows.size(), largest_page);
    call.query.emplace_back("limit", std::to_string(wanted));
    if (!cursor.empty()) {
      std::erase_if(call.query, [](const auto& each) { return each.first == "before"; });
      call.query.emplace_back("cursor", cursor);
    }
    const auto answer = ask(call);
    for_each_item(answer, "runs", [&rows](const ordered_json& each) { rows.push_back(read_run(each)); });
    cursor = answer_fields(answer, "answer").optional_text("next_cursor").value_or("");
  } while (!cursor.empty() && rows.size() < filter.limit);
  return rows;
}

run_view http_runs_client::show(const uuid& run) {
  return read_run_view(ask({"GET", run_path(run)}));
}

std::vector<run_event> http_runs_client::ask_for_events(const api_call& call) {
  std::vector<run_event> events;
  const auto answer = ask(call);
  for_each_item(answer, "events", [&events](const ordered_json& each) {
    if (is_known_event(each))
      events.push_back(read_event(each));
  });
  // Not of one run, nor by an older server.
  if (answer.contains("removed_through"))
    removed_through_ = answer_fields(answer, "answer").number("removed_through");
  return events;
}

std::vector<run_event> http_runs_client::events(const uuid& run, std::uint64_t since_seq, std::size_t limit) {
  return ask_for_events({"GET",
                         run_path(run, "/events"),
                         {{"since_seq", std::to_string(since_seq)}, {"limit", std::to_string(limit)}}});
}

std::vector<run_event> http_runs_client::events(std::int64_t since, std::size_t limit) {
  api_call call{
      "GET", "/api/v1/events", {{"since_id", std::to_string(since)}, {"limit", std::to_string(limit)}}};
  if (removed_through_ > 0)
    call.query.emplace_back("removed_through", std::to_string(removed_through_));
  return ask_for_events(call);
}

std::unique_ptr<run_runtime::subscription> http_runs_client::subscribe(std::int64_t since,
                                                                       std::optional<uuid> run,
                                                                       event_listener listener,
                                                                       follow_ending ending) {
  http_event_wish wish{run, since, std::move(listener), std::move(ending), notice_};
  return std::make_unique<http_event_follower>(client_.target(), std::move(wish), own_random());
}

tick_report http_runs_client::tick(const lane_queue& from) {
  api_call call{"POST", "/api/v1/runs/tick", {}, lane_queue_json(from)};
  call.patient = true; // until the step's end
  return read_tick(ask(call));
}

std::vector<lane_row> http_runs_client::lanes() {
  std::vector<lane_row> lanes;
  for_each_item(ask({"GET", "/api/v1/lanes"}), "lanes",
                [&lanes](const ordered_json& each) { lanes.push_back(read_lane(each)); });
  return lanes;
}

lane_settings http_runs_client::lane(const lane_queue& which) {
  return read_lane(ask({"GET", lane_path(which)})).settings;
}

void http_runs_client::change_lane(const lane_queue& which, const lane_change& change,
                                   const std::string& by) {
  refuse_name(by);
  (void)ask({"PUT", lane_path(which), {}, lane_change_json(change)});
}

} // namespace sluice
