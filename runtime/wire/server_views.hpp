#pragma once

#include "model/base/utc_time.hpp"
#include "model/base/uuid.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

/// What a client knows of a server's flows, leases and audit, as read_flow and its like make it of JSON.
/// Words stay words: a newer server may have statuses and policies that this client does not know.

/// A flow in a list.
struct flow_entry {
  uuid id = {};
  std::string name = {};
  std::string status = {};
  std::string by = {};
  utc_time started_at = {};
  std::optional<utc_time> ended_at = {};
};

/// A node's counters since its flow began, in messages.
struct flow_node_view {
  std::string path = {};
  std::string type = {};
  std::string status = {};
  std::uint64_t in = 0;
  std::uint64_t out = 0;
  std::uint64_t errors = 0;
  double busy_seconds = 0;
};

/// An edge's counters since its flow began, in messages.
struct flow_edge_view {
  std::string id = {};
  std::string policy = {};
  std::string band = {};
  std::uint64_t capacity = 0;
  std::uint64_t depth = 0;
  std::uint64_t in = 0;
  std::uint64_t out = 0;
  std::uint64_t dropped = 0;
  std::uint64_t refused = 0;
  std::uint64_t replaced = 0;
  std::uint64_t coalesced = 0;
  std::uint64_t evicted = 0;
  std::uint64_t discarded = 0;
  double blocked_seconds = 0;

  /// Messages that nobody will see. Not: folded ones, whose values live on in another.
  std::uint64_t lost() const noexcept { return dropped + refused + replaced + evicted + discarded; }
};

struct flow_view {
  flow_entry flow = {};
  std::vector<flow_node_view> nodes = {};
  std::vector<flow_edge_view> edges = {};
  /// How it ended, once it has; empty otherwise.
  std::string outcome = {};
  std::string reason = {};
};

struct lease_view {
  uuid run = {};
  std::uint64_t token = 0;
  /// Empty: nobody.
  std::string owner = {};
  /// Below 0: it has run out; nothing: it is of another boot.
  std::optional<double> expires_in_seconds = {};
  bool live = false;
};

struct audit_view {
  std::int64_t id = 0;
  utc_time at = {};
  std::string actor = {};
  std::string action = {};
  std::string subject = {};
  /// JSON text.
  std::string detail = {};
};

struct health_view {
  std::string version = {};
  double uptime_seconds = 0;
  bool ready = false;
  bool draining = false;
  /// `ok`, or what is wrong with the store.
  std::string store = {};
  /// Status and number, in the server's order.
  std::vector<std::pair<std::string, std::uint64_t>> runs = {};
  bool worker_enabled = false;
  bool worker_running = false;
  std::string worker_reason = {};
  std::vector<std::string> worker_lanes = {};
  std::uint64_t worker_ticks = 0;
  std::uint64_t leases_held = 0;
};

} // namespace sluice
