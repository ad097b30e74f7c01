#pragma once

#include "runtime/cli/http_error.hpp"
#include "runtime/cli/runs_client.hpp"
#include "tests/support/step_catalogs.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace sluice {

/// Returns the id of the n-th run; they are in order.
inline uuid numbered_run(std::uint64_t number) {
  uuid id;
  for (std::size_t i = 0; i < 8; ++i)
    id.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return id;
}

/// Returns the row of the n-th run, made n seconds after noon.
inline run_row make_row(std::uint64_t number, run_status status) {
  run_row row;
  row.id = numbered_run(number);
  row.env = "default";
  row.lane = "default";
  row.status = status;
  row.created_at = parse_utc_time("2026-11-21T12:00:00.000Z").value() +
                   std::chrono::seconds{static_cast<std::int64_t>(number)};
  row.available_at = row.created_at;
  return row;
}

/// Returns an event of the first run, at noon.
inline run_event make_event(std::int64_t id, std::uint64_t seq, run_event_kind kind) {
  return {id, numbered_run(1), seq, kind, parse_utc_time("2026-11-21T12:00:00.000Z").value(), {}};
}

/// A `runs_client` that answers what a test has laid down and keeps what it was asked.
class scripted_runs_client final : public runs_client {
public:
  /// It stands for a server, which checks by itself and finds this.
  bool is_server = false;
  findings refusal;
  bool existing = false;
  std::vector<run_submission> submitted;
  std::vector<json> documents;
  /// Newest first.
  std::vector<run_row> rows;
  run_view view;
  /// Events of the first run that are there, and those that a subscriber hears of, from another thread.
  std::vector<run_event> stored;
  std::vector<run_event> to_come;
  /// What a subscriber is told after them, if anything.
  std::optional<std::exception_ptr> ending;
  std::int64_t subscribed_since = -1;
  command_answer answer;
  std::string ordered;
  tick_report ticked;
  std::vector<lane_row> known_lanes;

  bool knows_caller() const noexcept override { return is_server; }
  const step_catalog* kinds() const override { return is_server ? nullptr : &kinds_; }

  created_run submit(const run_submission& submission, const json& graph) override {
    if (!refusal.empty())
      throw http_error(422, "invalid_run", "the run cannot be made", refusal);
    submitted.push_back(submission);
    documents.push_back(graph);
    return {numbered_run(submitted.size()), existing};
  }
  created_run retry(const uuid&, const std::string&) override { return {numbered_run(99), false}; }
  command_answer command(const uuid& run, run_command what, const std::string& by,
                         const std::string& reason) override {
    ordered = std::string(to_string(what)) + " " + to_string(run) + " " + by + ": " + reason;
    return answer;
  }

  std::vector<run_row> list(const run_filter& filter) override {
    std::vector<run_row> page;
    for (const auto& row : rows)
      if ((filter.before.empty() || row.id < filter.before) && page.size() < filter.limit &&
          (filter.job_type.empty() || row.job_type == filter.job_type))
        page.push_back(row);
    return page;
  }
  run_view show(const uuid&) override { return view; }
  std::vector<run_event> events(const uuid&, std::uint64_t since_seq, std::size_t limit) override {
    return page_of([&](const run_event& event) { return event.seq > since_seq; }, limit);
  }
  std::vector<run_event> events(std::int64_t since, std::size_t limit) override {
    return page_of([&](const run_event& event) { return event.id > since; }, limit);
  }
  std::unique_ptr<run_runtime::subscription> subscribe(std::int64_t since, std::optional<uuid>,
                                                       event_listener listener, follow_ending end) override {
    subscribed_since = since;
    return std::make_unique<teller>(to_come, std::move(listener), ending, std::move(end));
  }

  tick_report tick(const lane_queue&) override { return ticked; }

  std::vector<lane_row> lanes() override { return known_lanes; }
  lane_settings lane(const lane_queue&) override { return {}; }
  void change_lane(const lane_queue&, const lane_change&, const std::string&) override {}

private:
  /// Tells one event after the other.
  class teller final : public run_runtime::subscription {
  public:
    teller(const std::vector<run_event>& events, event_listener listener,
           const std::optional<std::exception_ptr>& ending, follow_ending end)
        : thread_([events, listener = std::move(listener), ending, end = std::move(end)] {
            for (const auto& event : events)
              listener({event});
            if (ending)
              end(*ending);
          }) {}
    ~teller() override { thread_.join(); }

  private:
    std::thread thread_;
  };

  template <class Wanted>
  std::vector<run_event> page_of(Wanted wanted, std::size_t limit) const {
    std::vector<run_event> page;
    for (const auto& event : stored)
      if (wanted(event) && page.size() < limit)
        page.push_back(event);
    return page;
  }

  step_catalog kinds_ = test_steps();
};

} // namespace sluice
