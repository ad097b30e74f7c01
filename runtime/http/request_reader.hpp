#pragma once

#include "runtime/http/http_limits.hpp"
#include "runtime/http/http_message.hpp"

#include <cstddef>
#include <memory>
#include <string_view>

namespace sluice {

/// Makes one request after the other out of bytes, under limits (RFC 9112). Knows no socket. Not for several
/// threads.
class request_reader {
public:
  enum class outcome {
    /// More bytes are needed.
    incomplete,
    /// `request` is whole.
    complete,
    /// `refusal` says why this is no request for us. Nothing more can be read.
    refused
  };

  explicit request_reader(const http_limits& limits);
  ~request_reader();
  request_reader(const request_reader&) = delete;
  request_reader& operator=(const request_reader&) = delete;

  /// Forgets the last request; the next `read` begins another.
  void start();

  /// Looks at `bytes`: all that have arrived and were not used before. `used` becomes the number of those
  /// that need not be shown again.
  outcome read(std::string_view bytes, std::size_t& used);

  /// A byte of the request has come.
  bool began() const noexcept;
  /// The header is whole, so that what follows can be told.
  bool header_complete() const noexcept;
  /// The client waits for `100 Continue` before it sends the body, and none of that has come.
  bool wants_continue() const noexcept;
  /// The connection can serve another request after this one. For a whole request.
  bool keep_alive() const;
  /// Bytes of the body that have come.
  std::size_t body_bytes() const noexcept;

  /// The request, as far as it has come. May be moved from once whole.
  http_request& request() noexcept;
  /// 400, 413, 417 or 431.
  http_response refusal() const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace sluice
