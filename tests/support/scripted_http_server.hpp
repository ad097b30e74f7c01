#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sluice {

/// What a scripted server sends back to one request.
struct scripted_answer {
  /// Head and body, as they go over the wire.
  std::string text;
  /// The connection stays open until the client leaves, for requests that follow; otherwise it is closed.
  bool stays_open = false;
};

/// An HTTP server of this machine that answers exactly what a test tells it to, one connection at a time.
class scripted_http_server {
public:
  using responder = std::function<scripted_answer(const std::string& request)>;

  explicit scripted_http_server(responder answer);
  ~scripted_http_server();
  scripted_http_server(const scripted_http_server&) = delete;
  scripted_http_server& operator=(const scripted_http_server&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  /// What was asked so far: whole requests.
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

/// Returns a whole answer with a JSON body.
scripted_answer json_answer(int status, const std::string& body);
/// Returns an answer that is an event stream, and ends or stays open after `events`.
scripted_answer stream_answer(const std::string& events, bool stays_open = false);
/// Returns the answer of a server that closes the connection instead.
scripted_answer no_answer();

} // namespace sluice
