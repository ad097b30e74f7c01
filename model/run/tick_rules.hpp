#pragma once

#include "model/base/utc_time.hpp"
#include "model/base/uuid.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// What `tick_once` came to.
enum class tick_outcome : std::uint8_t {
  ticked,             ///< one step of one run was executed, or a pause or cancel finished
  idle_no_runs,       ///< no run of the lane is due
  idle_lane_disabled, ///< the lane's kill switch is on and nothing is to be settled
  idle_cap_reached,   ///< a cap of the invocation, the run, the day or the lane is used up
  idle_lease_held,    ///< every due run is held by somebody else
  error,              ///< it could not be found out, or the tick failed; see the error
};
inline constexpr std::size_t tick_outcome_count = 6;

std::string_view to_string(tick_outcome outcome) noexcept;
std::optional<tick_outcome> parse_tick_outcome(std::string_view text) noexcept;

/// A lane as its operator set it: what holds for every worker on it.
struct lane_settings {
  /// The kill switch, and why it is as it is.
  bool enabled = true;
  std::string reason = {};
  /// Ticks from midnight to midnight UTC, of all workers together; none: as many as there are.
  std::optional<std::uint64_t> ticks_per_day = {};
  /// Runs with a live lease at a time; none: any number.
  std::optional<std::uint64_t> concurrent_runs = {};

  friend bool operator==(const lane_settings&, const lane_settings&) = default;
};

/// What a lane has used. The store keeps `day` and `ticks` with the lane, so that the cap holds across
/// workers and restarts.
struct lane_usage {
  /// `utc_day` of the last tick; empty: none yet.
  std::string day = {};
  std::uint64_t ticks = 0;
  /// Runs with a live lease.
  std::uint64_t concurrent_runs = 0;

  /// Returns the ticks of the day of `now`: none once the day has changed.
  std::uint64_t ticks_on(utc_time now) const { return utc_day(now) == day ? ticks : 0; }
  /// One more tick at `now`, or several.
  void count(utc_time now, std::uint64_t more = 1);
};

/// Returns how many ticks the lane's daily cap leaves at `now`; nothing: there is no cap.
std::optional<std::uint64_t> ticks_left(const lane_settings& lane, const lane_usage& usage, utc_time now);
/// True when the lane's daily cap is used up at `now`.
bool day_is_full(const lane_settings& lane, const lane_usage& usage, utc_time now);
/// True when no further run of the lane may be claimed. A run in hand goes on.
bool lane_is_full(const lane_settings& lane, const lane_usage& usage) noexcept;

/// The caps of one invocation of a worker; none: no cap.
struct invocation_caps {
  std::optional<std::uint64_t> ticks = {};
  std::optional<std::uint64_t> ticks_per_run = {};
};

/// Counts the ticks of one invocation against its caps. Settling a pause or cancel is not counted.
class tick_budget {
public:
  explicit tick_budget(invocation_caps caps) : caps_(caps) {}

  /// True when no further tick may be taken at all.
  bool is_used_up() const noexcept { return caps_.ticks && ticks_ >= *caps_.ticks; }
  /// True when this run may take no further tick in this invocation.
  bool is_used_up_for(const uuid& run) const;
  /// Returns the runs that may take no further tick, by id; those that were never counted are not among them.
  std::vector<uuid> used_up_runs() const;
  /// Returns how many further ticks this run may take; none: any number.
  std::optional<std::uint64_t> left_for(const uuid& run) const;
  void count(const uuid& run);
  /// The run is over: nobody asks for it again.
  void forget(const uuid& run) { per_run_.erase(run); }
  std::uint64_t ticks() const noexcept { return ticks_; }
  const invocation_caps& caps() const noexcept { return caps_; }

private:
  invocation_caps caps_;
  std::uint64_t ticks_ = 0;
  std::map<uuid, std::uint64_t> per_run_;
};

/// What one look at a lane found, in the transaction that would claim.
struct lane_view {
  bool enabled = true;
  /// A cap of the invocation, the day or the lane is used up.
  bool cap_reached = false;
  /// There is a pausing or cancelling run to claim: neither switch nor caps hold it up.
  bool has_settling = false;
  /// There is a due run to claim that this invocation may still tick.
  bool has_claimable = false;
  /// There is one to claim but for the invocation's cap per run.
  bool has_capped = false;
  /// There is a due run that somebody else holds.
  bool has_held = false;
};

/// Returns `ticked` when a run is to be claimed and ticked, else why not. Of several reasons the first of:
/// lane disabled, cap reached, lease held, no runs. A cap is a reason only when there is something to do.
tick_outcome judge_lane(const lane_view& view) noexcept;

/// Decides at a step's end whether the owner of a run may go on with `ticks` more: `ticked`, or
/// `idle_lane_disabled` or `idle_cap_reached` when it is to give the run back as it is.
tick_outcome judge_boundary(const lane_settings& lane, const lane_usage& usage, std::uint64_t ticks,
                            utc_time now);

/// A run's place in its lane's queue.
struct queue_place {
  std::int32_t priority = 0;
  utc_time available_at = {};
  uuid id = {};
};

/// Orders the next run first: highest priority, then oldest `available_at`, then id. A total order.
bool comes_before(const queue_place& a, const queue_place& b) noexcept;

} // namespace sluice
