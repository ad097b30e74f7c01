#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

/// Header fields in the order in which they came or go.
using http_fields = std::vector<std::pair<std::string, std::string>>;

/// A request as a handler sees it.
struct http_request {
  /// As sent: `GET`, `HEAD`, …
  std::string method;
  /// The target without scheme, host and query.
  std::string path;
  /// What follows the `?`, undecoded.
  std::string query = {};
  /// HTTP/1.0, where a Host field is optional.
  bool http_1_0 = false;
  /// The host of an absolute target (`GET http://host/path`); empty for the usual form.
  std::string target_host = {};
  http_fields fields = {};
  std::string body = {};

  /// Returns the values of all fields called `name`, in any case.
  std::vector<std::string> values(std::string_view name) const;
};

/// What goes back. Length, date and connection fields are the session's business.
struct http_response {
  unsigned status = 200;
  std::string content_type;
  std::string body;
  http_fields fields = {};
};

/// Sends the response: call it once, from any thread. Destroying it uncalled closes the connection.
using http_reply = std::function<void(http_response)>;

/// Answers a request, at once or later. Network thread: it must not wait.
using http_handler = std::function<void(const http_request&, http_reply)>;

/// Splits a request's target into `path`, `query` and `target_host` of `request`.
void set_target(http_request& request, std::string_view target);

} // namespace sluice
