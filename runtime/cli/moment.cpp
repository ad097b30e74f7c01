#include "runtime/cli/moment.hpp"

#include "model/base/error.hpp"
#include "model/config/quantity.hpp"

#include <fmt/format.h>

#include <optional>

namespace sluice {

namespace {

/// Completes what stands in a shorter form; the model reads one form only.
std::optional<utc_time> parse_point(std::string_view text) {
  constexpr std::string_view midnight = "T00:00:00.000Z";
  constexpr std::string_view whole_minute = ":00.000Z";
  constexpr std::string_view whole_second = ".000Z";
  std::string full(text);
  if (text.size() == 10) // 2026-11-21
    full += midnight;
  else if (text.size() == 17 && text.back() == 'Z') // 2026-11-21T08:30Z
    full.replace(16, 1, whole_minute);
  else if (text.size() == 20 && text.back() == 'Z') // 2026-11-21T08:30:00Z
    full.replace(19, 1, whole_second);
  return parse_utc_time(full);
}

} // namespace

bool is_moment(std::string_view text) {
  return parse_point(text) || parse_duration(text);
}

utc_time resolve_moment(std::string_view text, utc_time now, moment_side side) {
  if (const auto point = parse_point(text))
    return *point;
  const auto distance = parse_duration(text);
  if (!distance)
    throw error("bad_time", fmt::format("'{}' is neither a UTC time such as 2026-11-21T08:30:00Z nor a "
                                        "duration such as 10m",
                                        text));
  const auto span = std::chrono::duration_cast<std::chrono::milliseconds>(*distance);
  return side == moment_side::past ? now - span : now + span;
}

} // namespace sluice
