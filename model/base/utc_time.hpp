#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// A moment of civil time, in milliseconds since 1970 UTC: what is stored and shown. Never used to decide
/// whether a lease lives; that is `boot_instant`.
using utc_time = std::chrono::sys_time<std::chrono::milliseconds>;

/// Returns `2026-11-21T08:17:05.123Z` (ISO 8601). Text order is time order. Throws
/// `error("time_out_of_range")` outside the years 0000 to 9999.
std::string to_string(utc_time moment);

/// How many characters these are.
inline constexpr std::size_t utc_time_length = 24;
/// Writes them to where `to` points. Throws as `to_string`.
void write_text(utc_time moment, char* to);

/// Returns the moment in exactly the form that `to_string` writes, or nothing: no other zone, no other number
/// of digits, no leap second.
std::optional<utc_time> parse_utc_time(std::string_view text) noexcept;

/// Returns the UTC day, `2026-11-21`: what a lane's daily cap counts by.
std::string utc_day(utc_time moment);

} // namespace sluice
