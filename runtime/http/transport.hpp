#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace boost::asio {
class io_context;
}

namespace sluice {

class tls_context;

/// How a transfer went.
enum class transfer : std::uint8_t {
  done,
  /// The client has closed its side.
  ended,
  /// The connection is broken, or was closed by us.
  failed,
  /// The client speaks plain HTTP to a TLS port. What is written after that goes out in plain text.
  plain_http
};

/// The bytes to and from one client: TCP, or TLS over TCP. At most one reading and one writing call may be
/// under way. Completions are called later, never from within the call, on the network thread, and must keep
/// the transport alive until then. Thread: the network's. Timeouts are the caller's affair: `close` ends what
/// is under way.
class transport {
public:
  using completion = std::function<void(transfer, std::size_t)>;

  transport() = default;
  virtual ~transport() = default;
  transport(const transport&) = delete;
  transport& operator=(const transport&) = delete;

  /// True if `handshake` must be called, and be done, before anything else.
  virtual bool needs_handshake() const noexcept = 0;
  virtual void handshake(completion done) = 0;
  /// Reads at least one byte, at most `size`, into `to`.
  virtual void read_some(char* to, std::size_t size, completion done) = 0;
  /// Writes `first` and then `second`, each whole. Both must stay until then.
  virtual void write(std::string_view first, std::string_view second, completion done) = 0;
  /// Tells the client that nothing more comes. `done` comes with any result.
  virtual void end_writing(completion done) = 0;
  /// After `end_writing`: reads, undeciphered, what the client still sends, and forgets it.
  virtual void discard_some(completion done) = 0;
  /// Keeps what waits in the kernel small, so that a slow reader is noticed soon and what is told is fresh.
  virtual void send_promptly() noexcept = 0;
  virtual void close() noexcept = 0;

  /// The client's address as digits.
  virtual const std::string& remote() const noexcept = 0;
};

/// Return a transport over `descriptor`, a connected TCP socket, which is taken over.
/// @param v6 whether it is an IPv6 socket.
std::unique_ptr<transport> make_tcp_transport(boost::asio::io_context& network, int descriptor, bool v6);
std::unique_ptr<transport> make_tls_transport(boost::asio::io_context& network, int descriptor, bool v6,
                                              std::shared_ptr<const tls_context> identity);

} // namespace sluice
