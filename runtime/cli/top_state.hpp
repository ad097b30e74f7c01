#pragma once

#include "runtime/wire/server_views.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// One look at a server.
struct top_look {
  /// When it was taken, on a clock that nobody sets.
  std::chrono::steady_clock::time_point at = {};
  utc_time wall = {};
  health_view health = {};
  /// Those that have not ended, with their nodes and edges.
  std::vector<flow_view> flows = {};
  /// Flows that run and are not in `flows`: more than are looked at.
  std::size_t flows_left_out = 0;
  std::vector<lease_view> leases = {};
  /// There are more leases.
  bool more_leases = false;
};

/// An edge as `sluice top` shows it.
struct top_edge {
  std::string flow = {};
  std::string edge = {};
  std::string policy = {};
  /// Messages a second that reached it; nothing before there are two looks.
  std::optional<double> rate = {};
  std::optional<double> lost_rate = {};
  std::uint64_t lost = 0;
  /// Share of the time since the last look in which its producer had no credit, from 0 to 1.
  double blocked = 0;
  /// Share of its capacity that is used, from 0 to 1.
  double fill = 0;
};

/// A flow as `sluice top` shows it.
struct top_flow {
  std::string id = {};
  std::string name = {};
  std::string status = {};
  std::size_t nodes = 0;
  std::size_t edges = 0;
  std::uint64_t errors = 0;
};

/// Everything on the screen.
struct top_state {
  std::string url = {};
  utc_time wall = {};
  health_view health = {};
  std::vector<top_flow> flows = {};
  std::size_t flows_left_out = 0;
  /// What hurts most first.
  std::vector<top_edge> edges = {};
  /// Those that end soonest first.
  std::vector<lease_view> leases = {};
  bool more_leases = false;
  /// The server has been seen at all.
  bool seen = false;
  /// Why there is nothing newer; empty: there is.
  std::string trouble = {};
  bool held = false;
};

/// Returns what a look shows, with rates since the look before it, if there was one. Counters that have gone
/// back (another server answers now) have no rate.
top_state make_top_state(const std::string& url, const top_look& now, const top_look* before);

} // namespace sluice
