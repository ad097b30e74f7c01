#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sluice::bench {

/// What to ask, how often and for how long.
struct paced_load {
  /// As digits.
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  /// Whole requests with keep-alive, sent in turn.
  std::vector<std::string> requests;
  /// Requests a second, at even intervals, whatever the server does (an open loop).
  double rate = 1000;
  std::chrono::duration<double> time{10};
  /// Kept open all the time, one request at a time on each.
  std::size_t connections = 16;
};

/// What came of it. A request that no connection was free for waits, and its latency counts from the moment
/// at which it should have been sent: a server that stands still cannot hide that.
struct paced_result {
  std::uint64_t answered = 0;
  /// Answers of another status than 2xx.
  std::uint64_t refused = 0;
  /// Connections that broke, and were made anew.
  std::uint64_t broken = 0;
  /// Should have been sent and were not answered by the end.
  std::uint64_t missed = 0;
  double seconds = 0;
  std::chrono::nanoseconds p50{0};
  std::chrono::nanoseconds p99{0};
  std::chrono::nanoseconds longest{0};
};

/// Runs a load on the calling thread. Throws `std::system_error` when the server cannot be reached at first,
/// and `std::runtime_error` for an answer that is no HTTP with a length.
paced_result run_paced(const paced_load& load);

} // namespace sluice::bench
