#include "model/flow/flow_snapshot.hpp"

namespace sluice {

namespace {

std::vector<std::uint64_t> make_bounds() {
  constexpr std::uint64_t microsecond = 1'000;
  constexpr std::uint64_t ten_seconds = 10'000'000'000;
  std::vector<std::uint64_t> bounds;
  for (std::uint64_t decade = microsecond; decade < ten_seconds; decade *= 10) {
    bounds.push_back(decade);
    bounds.push_back(decade * 5 / 2);
    bounds.push_back(decade * 5);
  }
  bounds.push_back(ten_seconds);
  return bounds;
}

} // namespace

const std::vector<std::uint64_t>& latency_histogram::bounds() {
  // Never destroyed: a handler that was left behind may still measure while the process ends.
  static const auto* const bounds = new std::vector<std::uint64_t>(make_bounds());
  return *bounds;
}

std::string_view to_string(node_status status) noexcept {
  switch (status) {
  case node_status::starting:
    return "starting";
  case node_status::running:
    return "running";
  case node_status::paused:
    return "paused";
  case node_status::restarting:
    return "restarting";
  case node_status::ending:
    return "ending";
  case node_status::ended:
    return "ended";
  case node_status::aborted:
    return "aborted";
  }
  return "unknown";
}

std::string_view to_string(flow_status status) noexcept {
  switch (status) {
  case flow_status::starting:
    return "starting";
  case flow_status::running:
    return "running";
  case flow_status::paused:
    return "paused";
  case flow_status::draining:
    return "draining";
  case flow_status::finished:
    return "finished";
  case flow_status::failed:
    return "failed";
  case flow_status::aborted:
    return "aborted";
  }
  return "unknown";
}

} // namespace sluice
