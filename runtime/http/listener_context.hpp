#pragma once

#include "runtime/http/access_log.hpp"
#include "runtime/http/connection_table.hpp"
#include "runtime/http/http_counters.hpp"
#include "runtime/http/http_limits.hpp"
#include "runtime/http/http_message.hpp"
#include "runtime/http/network_gate.hpp"
#include "runtime/http/request_ids.hpp"
#include "runtime/http/response_head.hpp"

#include <chrono>
#include <cstddef>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace sluice {

/// What all connections of a listener share. Outlives them. Thread: the network's.
struct listener_context {
  boost::asio::io_context& network;
  std::shared_ptr<network_gate> gate;
  http_limits limits;
  access_log access;
  log_sink log;
  request_ids ids;
  http_handler handler = {};
  http_date date = {};
  http_counters counters = {};
  /// Bytes of bodies that are in memory (`http_limits::all_bodies_bytes`).
  std::size_t bodies = 0;
  /// No connection is kept after its answer.
  bool draining = false;
  connection_table connections = {};

  static connection::time_point now() { return std::chrono::steady_clock::now(); }
};

} // namespace sluice
