#include "model/run/run_status.hpp"

#include "model/base/error.hpp"
#include "model/run/transition_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sluice {

namespace {

constexpr std::array<std::string_view, run_status_count> status_names = {
    "queued",      "preparing",  "running",   "pausing", "paused",   "blocked",
    "intervening", "cancelling", "succeeded", "failed",  "cancelled"};

constexpr transition_table<run_status, run_status_count> table = {
    {run_status::queued, {run_status::preparing, run_status::paused, run_status::cancelling}},
    {run_status::preparing,
     {run_status::running, run_status::failed, run_status::blocked, run_status::pausing,
      run_status::cancelling}},
    {run_status::running,
     {run_status::succeeded, run_status::failed, run_status::blocked, run_status::pausing,
      run_status::intervening, run_status::cancelling}},
    {run_status::pausing, {run_status::paused, run_status::cancelling}},
    {run_status::paused, {run_status::running, run_status::cancelling}},
    {run_status::blocked, {run_status::queued, run_status::cancelling}},
    {run_status::intervening, {run_status::running, run_status::failed, run_status::cancelling}},
    {run_status::cancelling, {run_status::cancelled}},
    {run_status::failed, {run_status::queued}},
    {run_status::cancelled, {run_status::queued}},
};

} // namespace

std::string_view to_string(run_status status) noexcept {
  return status_names[static_cast<std::size_t>(status)];
}

std::optional<run_status> parse_run_status(std::string_view text) noexcept {
  const auto* const found = std::find(status_names.begin(), status_names.end(), text);
  if (found == status_names.end())
    return std::nullopt;
  return static_cast<run_status>(found - status_names.begin());
}

const std::vector<run_status>& all_run_statuses() {
  static const auto all = [] {
    std::vector<run_status> result;
    for (std::size_t i = 0; i < run_status_count; ++i)
      result.push_back(static_cast<run_status>(i));
    return result;
  }();
  return all;
}

bool is_terminal(run_status status) noexcept {
  return status == run_status::succeeded || status == run_status::failed || status == run_status::cancelled;
}

bool waits_for_person(run_status status) noexcept {
  return status == run_status::paused || status == run_status::blocked || status == run_status::intervening;
}

bool is_legal(run_status from, run_status to) noexcept {
  return table.allows(from, to);
}

void require_legal(run_status from, run_status to) {
  if (!is_legal(from, to))
    throw error("invalid_transition",
                fmt::format("a run that is {} cannot become {}", to_string(from), to_string(to)));
}

} // namespace sluice
