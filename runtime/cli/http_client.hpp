#pragma once

#include "runtime/cli/http_target.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

class http_session;

/// One request to a server.
struct api_call {
  std::string method = "GET";
  /// With its segments encoded (`url_encoded`), e.g. `/api/v1/runs`.
  std::string path;
  /// Name and value, not encoded; empty values are left out.
  std::vector<std::pair<std::string, std::string>> query = {};
  /// JSON text.
  std::optional<std::string> body = {};
  /// Header lines besides the usual ones, e.g. `Last-Event-ID: 7`.
  std::vector<std::string> fields = {};
  /// The answer may take as long as it likes; a server that is gone is still noticed.
  bool patient = false;
};

/// A client of one server, by libcurl. Keeps its connection between calls. Redirects are not followed, so
/// that a token goes nowhere else. One thread, but for `interrupt`.
class http_client {
public:
  /// Connects at the first call. Throws `error("http_transport")` when libcurl cannot be prepared.
  explicit http_client(http_target target);
  ~http_client();
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;

  /// Returns the body of an answer with a status of success. Throws `http_error` for every other status,
  /// `error("unreachable")` when there is no answer in time, `error("interrupted")`. A GET whose connection
  /// was refused or broke is tried three times; what may change something is sent once.
  std::string ask(const api_call& call);
  /// Hands each piece of the answer's body to `take` as it comes, until the server ends the answer or `take`
  /// returns false. Throws as `ask`, after no second try.
  void stream(const api_call& call, const std::function<bool(std::string_view)>& take);

  /// Waits; `interrupt` ends it. Returns false then.
  bool pause(std::chrono::milliseconds time);
  /// Ends the call under way and every later one, with `error("interrupted")`. Any thread.
  void interrupt() noexcept;

  const http_target& target() const noexcept { return target_; }

private:
  http_target target_;
  std::unique_ptr<http_session> session_;
};

/// Returns `text` for one segment of a path, or a value of a query: everything but letters, digits and `-._~`
/// percent-encoded.
std::string url_encoded(std::string_view text);

} // namespace sluice
