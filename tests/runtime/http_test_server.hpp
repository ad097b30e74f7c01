#pragma once

#include "runtime/http/http_listener.hpp"
#include "runtime/http/router.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace sluice::testing {

/// What the handlers of a test server did, as it happened; waits for it with a bound of 30 s.
class happenings {
public:
  void add(std::string what);
  /// Returns whether `what` has happened `times` times.
  bool wait_for(const std::string& what, int times = 1);
  int count(const std::string& what) const;

private:
  int count_locked(const std::string& what) const;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::string> all_;
};

inline http_listener_settings with(http_limits limits) {
  http_listener_settings settings;
  settings.limits = limits;
  return settings;
}

/// A listener on a free port of this machine with a few routes:
/// `/hello`, `/who` (id and remote), POST `/echo`, `/large` (8 MiB), `/throws`, `/drops` (forgets its reply),
/// `/later` (kept until `answer_later`), `/none` (204), `/events` and `/socket` (streams; kept in `streams`).
class http_test_server {
public:
  explicit http_test_server(http_listener_settings settings = {});
  ~http_test_server();
  http_test_server(const http_test_server&) = delete;
  http_test_server& operator=(const http_test_server&) = delete;

  std::uint16_t port() const { return listener_->address().port; }
  http_listener& listener() { return *listener_; }
  /// Ends the listener; replies and streams stay.
  void end();

  /// Waits for a request of `/later` and returns its reply.
  http_reply next_reply();
  /// Waits for the next stream that was opened.
  std::shared_ptr<http_stream> next_stream();
  /// Waits for a log line that contains `part` and returns it.
  std::string log_with(const std::string& part);

  /// `opened`, `closed`, and what the handlers add.
  happenings seen;

private:
  void add_routes();
  http_response stream_answer(bool websocket);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<http_reply> replies_;
  std::deque<std::shared_ptr<http_stream>> streams_;
  std::vector<std::string> log_;
  router routes_;
  std::optional<http_listener> listener_;
};

} // namespace sluice::testing
