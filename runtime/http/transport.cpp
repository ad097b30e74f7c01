#include "runtime/http/transport.hpp"

#include "runtime/http/tls_context.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <utility>

namespace sluice {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// What the kernel may hold unsent of a stream.
constexpr int prompt_bytes = 128 * 1024;

tcp::socket adopt(asio::io_context& network, int descriptor, bool v6) {
  tcp::socket socket(network, v6 ? tcp::v6() : tcp::v4(), descriptor);
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  return socket;
}

/// Returns the peer's address; an IPv4 address that came through an IPv6 socket as IPv4.
std::string remote_of(const tcp::socket& socket) {
  error_code failure;
  auto address = socket.remote_endpoint(failure).address();
  if (failure)
    return "unknown";
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  return address.to_string();
}

bool is_plain_http(error_code failure) {
  return failure.category() == asio::error::get_ssl_category() &&
         ERR_GET_REASON(static_cast<unsigned long>(failure.value())) == SSL_R_HTTP_REQUEST;
}

transfer result_of(error_code failure) {
  if (!failure)
    return transfer::done;
  // A peer that closes without TLS's goodbye has closed all the same: HTTP has its own ends of messages.
  if (failure == asio::error::eof || failure == asio::ssl::error::stream_truncated)
    return transfer::ended;
  return is_plain_http(failure) ? transfer::plain_http : transfer::failed;
}

auto told(transport::completion done) {
  return [done = std::move(done)](error_code failure, std::size_t size) { done(result_of(failure), size); };
}

using pieces = std::array<asio::const_buffer, 2>;

pieces gather(std::string_view first, std::string_view second) {
  return {asio::buffer(first.data(), first.size()), asio::buffer(second.data(), second.size())};
}

/// What TCP and TLS share: the socket below.
class socket_transport : public transport {
public:
  explicit socket_transport(const tcp::socket& socket) : remote_(remote_of(socket)) {}

  void discard_some(completion done) override {
    socket().async_read_some(asio::buffer(discarded_), told(std::move(done)));
  }

  void send_promptly() noexcept override {
    const int bytes = prompt_bytes;
    (void)::setsockopt(socket().native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof bytes);
  }

  void close() noexcept override {
    error_code ignored;
    socket().close(ignored);
  }

  const std::string& remote() const noexcept override { return remote_; }

protected:
  virtual tcp::socket& socket() noexcept = 0;

  void shut_down() {
    error_code ignored;
    socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  void shut_down_later(completion done) {
    shut_down();
    asio::post(socket().get_executor(), [done = std::move(done)] { done(transfer::done, 0); });
  }

private:
  const std::string remote_;
  std::array<char, 4096> discarded_;
};

class tcp_transport final : public socket_transport {
public:
  explicit tcp_transport(tcp::socket socket) : socket_transport(socket), socket_(std::move(socket)) {}

  bool needs_handshake() const noexcept override { return false; }
  void handshake(completion done) override {
    asio::post(socket_.get_executor(), [done = std::move(done)] { done(transfer::done, 0); });
  }

  void read_some(char* to, std::size_t size, completion done) override {
    socket_.async_read_some(asio::buffer(to, size), told(std::move(done)));
  }

  void write(std::string_view first, std::string_view second, completion done) override {
    asio::async_write(socket_, gather(first, second), told(std::move(done)));
  }

  void end_writing(completion done) override { shut_down_later(std::move(done)); }

private:
  tcp::socket& socket() noexcept override { return socket_; }

  tcp::socket socket_;
};

class tls_transport final : public socket_transport {
public:
  tls_transport(tcp::socket socket, std::shared_ptr<const tls_context> identity)
      : socket_transport(socket),
        identity_(std::move(identity)),
        stream_(std::move(socket), identity_->native()) {}

  bool needs_handshake() const noexcept override { return true; }
  void handshake(completion done) override {
    stream_.async_handshake(asio::ssl::stream_base::server,
                            [this, done = std::move(done)](error_code failure) {
                              plain_ = is_plain_http(failure);
                              done(result_of(failure), 0);
                            });
  }

  void read_some(char* to, std::size_t size, completion done) override {
    stream_.async_read_some(asio::buffer(to, size), told(std::move(done)));
  }

  void write(std::string_view first, std::string_view second, completion done) override {
    if (plain_)
      asio::async_write(stream_.next_layer(), gather(first, second), told(std::move(done)));
    else
      asio::async_write(stream_, gather(first, second), told(std::move(done)));
  }

  void end_writing(completion done) override {
    if (plain_)
      return shut_down_later(std::move(done));
    stream_.async_shutdown([this, done = std::move(done)](error_code) {
      shut_down();
      done(transfer::done, 0);
    });
  }

private:
  tcp::socket& socket() noexcept override { return stream_.next_layer(); }

  const std::shared_ptr<const tls_context> identity_;
  asio::ssl::stream<tcp::socket> stream_;
  bool plain_ = false;
};

} // namespace

std::unique_ptr<transport> make_tcp_transport(asio::io_context& network, int descriptor, bool v6) {
  return std::make_unique<tcp_transport>(adopt(network, descriptor, v6));
}

std::unique_ptr<transport> make_tls_transport(asio::io_context& network, int descriptor, bool v6,
                                              std::shared_ptr<const tls_context> identity) {
  return std::make_unique<tls_transport>(adopt(network, descriptor, v6), std::move(identity));
}

} // namespace sluice
