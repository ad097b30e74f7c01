#pragma once

#include "tests/support/scripted_http_server.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace sluice {

/// A scripted server as the tests of steps want it: connections stay open.
class http_test_server : public scripted_http_server {
public:
  /// Returns the whole response to a request (head and body), or nothing: then the request stays without an
  /// answer until the client leaves.
  using responder = std::function<std::optional<std::string>(const std::string& request)>;

  explicit http_test_server(responder answer)
      : scripted_http_server([answer = std::move(answer)](const std::string& request) {
          return scripted_answer{answer(request).value_or(""), true};
        }) {}

  std::string url(const std::string& path = "/") const { return scripted_http_server::url() + path; }
};

/// Returns a whole response with a `Content-Length`. `headers`: lines that end with CR LF.
inline std::string http_response(int status, const std::string& body, const std::string& headers = {}) {
  return "HTTP/1.1 " + std::to_string(status) +
         " Some Words\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" + body;
}

} // namespace sluice
