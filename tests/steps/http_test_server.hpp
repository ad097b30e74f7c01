#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace sluice {

/// An HTTP server of this machine that answers exactly what a test tells it to, one connection at a time.
class http_test_server {
public:
  /// Returns the whole response to a request (head and body), or nothing: then the request stays without an
  /// answer until the client leaves.
  using responder = std::function<std::optional<std::string>(const std::string& request)>;

  explicit http_test_server(responder answer);
  http_test_server(const http_test_server&) = delete;
  http_test_server& operator=(const http_test_server&) = delete;
  ~http_test_server();

  std::uint16_t port() const noexcept { return port_; }
  std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  /// What was asked so far.
  std::vector<std::string> requests() const;

private:
  void serve();
  void talk(int connection);
  /// Waits for input or the end of the server; false at the latter.
  bool await(int descriptor) const;

  responder answer_;
  int listening_ = -1;
  int stop_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

/// Returns a whole response with a `Content-Length`. `headers`: lines that end with CR LF.
std::string http_response(int status, const std::string& body, const std::string& headers = {});

} // namespace sluice
