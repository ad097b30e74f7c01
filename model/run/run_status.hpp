#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace sluice {

/// Where a run is. Whether somebody is on it is said by its lease, not by this.
enum class run_status : std::uint8_t {
  queued,      ///< nobody has begun it, or it was resumed after an end
  preparing,   ///< claimed: graph, assets and policy are looked at
  running,     ///< steps are taken
  pausing,     ///< a pause was delivered and a step is still under way
  paused,      ///< waits for `resume`
  blocked,     ///< a policy refused it; waits for `resume`
  intervening, ///< a person has taken over; waits for `resume` or `fail`
  cancelling,  ///< a cancel was delivered and a step is still under way
  succeeded,
  failed,
  cancelled,
};
inline constexpr std::size_t run_status_count = 11;

/// Returns the one spelling that is stored and shown, e.g. `cancelled`.
std::string_view to_string(run_status status) noexcept;

/// Returns the status of exactly that spelling, or nothing: `canceled` is none, so that two spellings of one
/// status can never meet in a table.
std::optional<run_status> parse_run_status(std::string_view text) noexcept;

/// Returns all, in the order of the enumeration.
const std::vector<run_status>& all_run_statuses();

/// True for succeeded, failed and cancelled: nobody works on it and only `resume` brings it back.
bool is_terminal(run_status status) noexcept;

/// True for the statuses that only a person ends: paused, blocked and intervening.
bool waits_for_person(run_status status) noexcept;

/// True when `to` may follow `from`: the one table of DESIGN 4. A status does not follow itself.
bool is_legal(run_status from, run_status to) noexcept;

/// Throws `error("invalid_transition")` that names both unless `to` may follow `from`.
void require_legal(run_status from, run_status to);

} // namespace sluice
