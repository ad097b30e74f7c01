#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice {

/// Each reads the whole of `text` or returns nothing.

/// `250ms`, `30s`, `1m30s`, `1.5h`: units ns, us, ms, s, m, h, d, the parts add up; `0` needs none. Exact;
/// not negative, no fraction of a nanosecond; at most 10,000 days.
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);
/// `64KiB`, `1MB`, `100`: bytes, with B, KB, MB, GB, TB (powers of 1000) or KiB, MiB, GiB, TiB (powers of
/// 1024). Exact; no fraction of a byte; at most 2^62.
std::optional<std::uint64_t> parse_size(std::string_view text);
/// A decimal whole number, with a sign, underscores between digits allowed: `10_000_000`.
std::optional<std::int64_t> parse_integer(std::string_view text);
/// A finite decimal number.
std::optional<double> parse_number(std::string_view text);
/// `true` or `false`; other spellings of YAML 1.1 (yes, on) are refused.
std::optional<bool> parse_boolean(std::string_view text);

} // namespace sluice
