#pragma once

#include "runtime/cli/http_client.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace sluice {

/// How a request ended: with a status, or with why there is none.
struct http_end {
  /// Of the answer; 0: there was none, or it broke off.
  unsigned status = 0;
  /// One sentence with the server's address.
  std::string trouble = {};
  /// The connection was refused, or broke: a second try may do better.
  bool worth_another = false;
};

/// Gets the status and a piece of the body; returns false when it wants no more. What it throws leaves
/// `perform`.
using http_body_taker = std::function<bool(unsigned status, std::string_view bytes)>;

/// libcurl's handles for one server: what `http_client` is made of. One thread, but for `interrupt`.
class http_session {
public:
  /// Keeps a reference to the target. Throws `error("http_transport")`.
  explicit http_session(const http_target& target);
  ~http_session();
  http_session(const http_session&) = delete;
  http_session& operator=(const http_session&) = delete;

  /// Sends a request and waits for the end of its answer. Throws `error("interrupted")`.
  http_end perform(const api_call& call, const http_body_taker& take);
  bool pause(std::chrono::milliseconds time);
  void interrupt() noexcept;

private:
  struct handles;

  void set_up(const api_call& call);
  http_end await();
  http_end judge(int code) const;

  const http_target& target_;
  std::unique_ptr<handles> handles_;
  std::atomic<bool> interrupted_{false};
};

} // namespace sluice
