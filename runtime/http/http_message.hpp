#pragma once

#include "runtime/http/caller.hpp"
#include "runtime/http/http_stream.hpp"

#include <functional>
#include <memory>
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
  /// What the server calls this request in its answer (`X-Request-Id`) and in logs; never empty.
  std::string id = {};
  /// The client's address as digits.
  std::string remote = {};
  /// It asks for a WebSocket, in order (RFC 6455, 4.2.1).
  bool wants_websocket = false;
  /// Name and value of each `{name}` of the route's pattern, percent-decoded. Set by the router.
  http_fields path_values = {};
  /// Who asks. Set once the request is admitted.
  caller who = {};

  /// Returns the value of `{name}` in the path; empty when the pattern has none.
  std::string path_value(std::string_view name) const;
  /// Returns the value of the first field called `name`, in any case; null when there is none.
  const std::string* find(std::string_view name) const;
  /// Returns the values of all fields called `name`, in any case.
  std::vector<std::string> values(std::string_view name) const;
};

/// What goes back. Length, date and connection fields are the session's business.
struct http_response {
  unsigned status = 200;
  std::string content_type;
  std::string body;
  http_fields fields = {};
  /// Set: the body is not `body` but what is sent through a stream, which is opened once the header is on its
  /// way. With a WebSocket `status` and `content_type` do not matter.
  std::shared_ptr<stream_opening> stream = {};
  /// Who was answered, for the access log (`caller::name`); empty: not known.
  std::string caller_name = {};
};

/// Sends the response: call it once, from any thread. Destroying it uncalled closes the connection.
using http_reply = std::function<void(http_response)>;

/// Answers a request, at once or later. Network thread: it must not wait.
using http_handler = std::function<void(const http_request&, http_reply)>;

/// Splits a request's target into `path`, `query` and `target_host` of `request`.
void set_target(http_request& request, std::string_view target);

} // namespace sluice
