#pragma once

#include "runtime/http/http_message.hpp"

#include <cstddef>
#include <ctime>
#include <string>
#include <string_view>

namespace sluice {

/// How a response is sent, besides what the handler said.
struct response_frame {
  std::string_view request_id;
  std::string_view date;
  /// The request was HTTP/1.0.
  bool http_1_0 = false;
  /// The connection serves another request after this one.
  bool keep_alive = false;
  /// Of unknown length: in chunks, or, for HTTP/1.0, until the connection's end.
  bool endless = false;
};

/// Returns a response's status line and fields, to the empty line. The handler's fields replace those that
/// are set for all answers (Server, Cache-Control, …); what in them cannot stand in a field is left out.
std::string response_head(const http_response& answer, const response_frame& frame);

/// True when a status has no body, nor a length of one.
bool is_without_body(unsigned status);

/// The Date field, made once a second. Not for several threads.
class http_date {
public:
  /// @param now seconds since 1970, UTC. The result is valid until the next call.
  std::string_view at(std::time_t now);

private:
  std::time_t made_ = -1;
  std::string text_;
};

} // namespace sluice
