#pragma once

#include "model/base/log.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string_view>

namespace sluice {

/// What is told of one answered request.
struct access_record {
  std::string_view method;
  /// Without the query, where tokens may stand.
  std::string_view path;
  unsigned status = 0;
  /// Bytes of the body.
  std::size_t bytes = 0;
  /// From the whole request to the whole answer.
  std::chrono::nanoseconds took{};
  std::string_view id;
  std::string_view caller;
  std::string_view remote;
  /// The client left before it had the whole answer.
  bool cut = false;
};

/// Tells every answered request to a log, as event `http_request`: successes as debug, all else as info.
class access_log {
public:
  /// @param sink may be empty: nothing is told.
  /// @param least what is below is not even put into words.
  access_log(log_sink sink, log_level least) : sink_(std::move(sink)), least_(least) {}

  void tell(const access_record& record) const;
  /// Any thread, while others tell.
  void set_least(log_level least) noexcept { least_.store(least, std::memory_order_relaxed); }

private:
  log_sink sink_;
  std::atomic<log_level> least_;
};

} // namespace sluice
