#include "model/run/tick_rules.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace sluice {

namespace {

constexpr std::array<std::string_view, tick_outcome_count> names = {
    "ticked", "idle_no_runs", "idle_lane_disabled", "idle_cap_reached", "idle_lease_held", "error"};

} // namespace

std::string_view to_string(tick_outcome outcome) noexcept {
  return names[static_cast<std::size_t>(outcome)];
}

std::optional<tick_outcome> parse_tick_outcome(std::string_view text) noexcept {
  const auto* const found = std::find(names.begin(), names.end(), text);
  if (found == names.end())
    return std::nullopt;
  return static_cast<tick_outcome>(found - names.begin());
}

void lane_usage::count(utc_time now, std::uint64_t more) {
  ticks = ticks_on(now) + more;
  day = utc_day(now);
}

std::optional<std::uint64_t> ticks_left(const lane_settings& lane, const lane_usage& usage, utc_time now) {
  if (!lane.ticks_per_day)
    return std::nullopt;
  const auto used = usage.ticks_on(now);
  return *lane.ticks_per_day - std::min(used, *lane.ticks_per_day);
}

bool day_is_full(const lane_settings& lane, const lane_usage& usage, utc_time now) {
  return ticks_left(lane, usage, now) == std::uint64_t{0};
}

bool lane_is_full(const lane_settings& lane, const lane_usage& usage) noexcept {
  return lane.concurrent_runs && usage.concurrent_runs >= *lane.concurrent_runs;
}

bool tick_budget::is_used_up_for(const uuid& run) const {
  if (is_used_up())
    return true;
  const auto found = per_run_.find(run);
  const auto ticks = found == per_run_.end() ? 0 : found->second;
  return caps_.ticks_per_run && ticks >= *caps_.ticks_per_run;
}

std::vector<uuid> tick_budget::used_up_runs() const {
  std::vector<uuid> runs;
  for (const auto& [run, ticks] : per_run_)
    if (is_used_up_for(run))
      runs.push_back(run);
  return runs;
}

std::optional<std::uint64_t> tick_budget::left_for(const uuid& run) const {
  const auto left = [](std::uint64_t cap, std::uint64_t used) { return cap > used ? cap - used : 0; };
  std::optional<std::uint64_t> result;
  if (caps_.ticks)
    result = left(*caps_.ticks, ticks_);
  if (caps_.ticks_per_run) {
    const auto found = per_run_.find(run);
    const auto of_run = left(*caps_.ticks_per_run, found == per_run_.end() ? 0 : found->second);
    result = std::min(of_run, result.value_or(of_run));
  }
  return result;
}

void tick_budget::count(const uuid& run) {
  ++ticks_;
  // Without such a cap nobody asks, and a worker that goes on for months would remember every run.
  if (caps_.ticks_per_run)
    ++per_run_[run];
}

tick_outcome judge_lane(const lane_view& view) noexcept {
  if (view.has_settling)
    return tick_outcome::ticked;
  if (!view.enabled)
    return tick_outcome::idle_lane_disabled;
  if (view.cap_reached && (view.has_claimable || view.has_capped))
    return tick_outcome::idle_cap_reached;
  if (view.has_claimable)
    return tick_outcome::ticked;
  if (view.has_capped)
    return tick_outcome::idle_cap_reached;
  return view.has_held ? tick_outcome::idle_lease_held : tick_outcome::idle_no_runs;
}

tick_outcome judge_boundary(const lane_settings& lane, const lane_usage& usage, std::uint64_t ticks,
                            utc_time now) {
  if (!lane.enabled)
    return tick_outcome::idle_lane_disabled;
  const auto left = ticks_left(lane, usage, now);
  return left && *left < ticks ? tick_outcome::idle_cap_reached : tick_outcome::ticked;
}

bool comes_before(const queue_place& a, const queue_place& b) noexcept {
  return std::tie(b.priority, a.available_at, a.id) < std::tie(a.priority, b.available_at, b.id);
}

} // namespace sluice
