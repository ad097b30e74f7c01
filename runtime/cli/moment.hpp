#pragma once

#include "model/base/utc_time.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

/// Whether a duration, where a moment is expected, lies before or after now.
enum class moment_side : std::uint8_t { past, future };

/// True for what `resolve_moment` understands: `2026-11-21`, `2026-11-21T08:30Z`, with seconds, with
/// milliseconds, or a duration such as `10m`.
bool is_moment(std::string_view text);

/// Returns the moment. A duration counts from `now`, to the side that makes sense where it is used. Throws
/// `error("bad_time")`.
utc_time resolve_moment(std::string_view text, utc_time now, moment_side side);

} // namespace sluice
