#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice {

/// Where a step of a run is.
enum class step_status : std::uint8_t {
  pending,   ///< not begun, or waiting for its next attempt
  running,   ///< an attempt is under way
  succeeded, ///< for good: a finished step never runs again
  failed,    ///< its attempts are used up, or its failure is not worth another
  cancelled, ///< under way when its run was cancelled
};
inline constexpr std::size_t step_status_count = 5;

/// How one attempt at a step went.
enum class attempt_status : std::uint8_t {
  running,
  succeeded,
  failed,
  cancelled,
  lost, ///< its owner died or lost its lease; the outcome is not known
};
inline constexpr std::size_t attempt_status_count = 5;

/// Each returns the one spelling that is stored and shown.
std::string_view to_string(step_status status) noexcept;
std::string_view to_string(attempt_status status) noexcept;

/// Each returns the status of exactly that spelling, or nothing.
std::optional<step_status> parse_step_status(std::string_view text) noexcept;
std::optional<attempt_status> parse_attempt_status(std::string_view text) noexcept;

/// True when the step needs no further attempt unless its run is resumed.
inline bool is_terminal(step_status status) noexcept {
  return status != step_status::pending && status != step_status::running;
}
/// True when the attempt is over.
inline bool is_over(attempt_status status) noexcept {
  return status != attempt_status::running;
}

/// True when `to` may follow `from`. running → pending is a retry or a lost attempt; failed | cancelled →
/// pending happens when the run is resumed.
bool is_legal(step_status from, step_status to) noexcept;
/// An attempt ends once, in any of four ways.
bool is_legal(attempt_status from, attempt_status to) noexcept;

/// Each throws `error("invalid_transition")` that names both unless `to` may follow `from`.
void require_legal(step_status from, step_status to);
void require_legal(attempt_status from, attempt_status to);

} // namespace sluice
