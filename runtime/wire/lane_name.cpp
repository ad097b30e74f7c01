#include "runtime/wire/lane_name.hpp"

#include "model/base/error.hpp"
#include "model/base/name.hpp"

#include <fmt/format.h>

namespace sluice {

namespace {

lane_queue split(const std::string& text) {
  const auto slash = text.find('/');
  if (slash == std::string::npos)
    return {"default", text};
  return {text.substr(0, slash), text.substr(slash + 1)};
}

} // namespace

std::string lane_complaint(const std::string& text) {
  const auto lane = split(text);
  if (is_valid_name(lane.env) && is_valid_name(lane.lane))
    return {};
  return fmt::format("'{}' is no lane: write LANE or ENV/LANE, names of letters, digits, _ and - that begin "
                     "with a letter or _",
                     text);
}

lane_queue parse_lane(const std::string& text) {
  if (const auto complaint = lane_complaint(text); !complaint.empty())
    throw error("bad_lane", complaint);
  return split(text);
}

std::string to_string(const lane_queue& lane) {
  return lane.env + "/" + lane.lane;
}

} // namespace sluice
