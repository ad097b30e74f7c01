#include "runtime/server/run_page.hpp"

#include "model/base/error.hpp"
#include "runtime/server/api_request.hpp"
#include "runtime/server/json_list.hpp"
#include "runtime/wire/runs_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

constexpr std::size_t run_page_limit = 1'000;
constexpr std::size_t usual_run_page = 100;

/// Opaque to clients, so that it may change; it is the id of the last run on the page.
constexpr std::string_view cursor_mark = "r1.";

std::string cursor_of(const uuid& last) {
  return std::string(cursor_mark) + to_string(last);
}

uuid read_cursor(std::string_view text) {
  const auto id = text.starts_with(cursor_mark) ? parse_uuid(text.substr(cursor_mark.size())) : std::nullopt;
  if (!id)
    throw error("bad_cursor", fmt::format("'{}' is no cursor: use next_cursor of the page before as it is",
                                          text.substr(0, 80)));
  return *id;
}

run_status read_status(const std::string& text) {
  const auto status = parse_run_status(text);
  if (!status)
    throw error("bad_query", fmt::format("status: there is no status '{}'", text.substr(0, 80)));
  return *status;
}

} // namespace

run_filter read_run_filter(std::string_view query) {
  query_reader reader(query);
  run_filter filter;
  filter.env = reader.text("env").value_or("");
  filter.lane = reader.text("lane").value_or("");
  if (const auto status = reader.text("status"))
    filter.status = read_status(*status);
  filter.job_type = reader.text("job_type").value_or("");
  filter.since = reader.time("since");
  filter.limit = reader.count("limit", 1, run_page_limit).value_or(usual_run_page);
  filter.before = reader.id("before").value_or(uuid{});
  if (const auto cursor = reader.text("cursor"))
    filter.before = read_cursor(*cursor);
  reader.refuse_unknown();
  return filter;
}

run_page find_run_page(store& in, const run_filter& wanted) {
  auto filter = wanted;
  // One more than fits says whether there are more.
  ++filter.limit;
  run_page page{in.runs().list(filter), {}};
  if (page.runs.size() == filter.limit) {
    page.runs.pop_back();
    page.next = page.runs.back().id;
  }
  return page;
}

std::string run_page_json(const run_page& page) {
  json_list list("runs");
  for (const auto& run : page.runs)
    list.add(run_json(run));
  return std::move(list).finish("next_cursor", page.next ? '"' + cursor_of(*page.next) + '"' : "null");
}

} // namespace sluice
