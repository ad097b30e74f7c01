#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::testing {

/// A TCP connection to this machine that speaks exactly what a test tells it to. No answer within 30 s is an
/// error, so that a test fails instead of hanging.
class http_test_client {
public:
  explicit http_test_client(std::uint16_t port, bool v6 = false);
  ~http_test_client();
  http_test_client(const http_test_client&) = delete;
  http_test_client& operator=(const http_test_client&) = delete;

  /// Sends `text` as it is; what a closed connection does not take is lost.
  void send(std::string_view text);
  /// Closes our side only.
  void finish();
  /// Returns the next response, header and body; empty when the connection was closed before it began.
  /// @param with_body false for the answer to HEAD.
  std::string receive(bool with_body = true);
  /// Returns exactly `size` bytes, fewer at the end of the connection.
  std::string receive_bytes(std::size_t size);
  /// Returns everything up to and with `end`; what there was when the connection ended before.
  std::string receive_until(std::string_view end);
  /// Returns everything until the server closes the connection.
  std::string receive_rest();

  /// Sends a GET of `path` with a proper Host and returns the response.
  std::string get(const std::string& path);

private:
  /// Appends what has arrived; false at the end of the connection.
  bool fill();

  int descriptor_ = -1;
  std::string received_;
};

/// The status line's number, the value of a field, the body.
int status_of(const std::string& response);
std::string field_of(const std::string& response, const std::string& name);
std::string body_of(const std::string& response);

} // namespace sluice::testing
