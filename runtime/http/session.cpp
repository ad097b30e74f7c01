#include "runtime/http/session.hpp"

#include "runtime/http/error_envelope.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace sluice {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

http_request to_request(http::request<http::string_body>&& parsed) {
  http_request request;
  request.method = std::string(parsed.method_string());
  request.http_1_0 = parsed.version() < 11;
  const auto target = parsed.target();
  set_target(request, {target.data(), target.size()});
  for (const auto& field : parsed)
    request.fields.emplace_back(std::string(field.name_string()), std::string(field.value()));
  request.body = std::move(parsed.body());
  return request;
}

/// Returns what to tell a client whose request could not be read; nothing when it is gone or was too slow.
std::optional<http_response> describe(error_code failure, const http_limits& limits) {
  if (failure == http::error::partial_message || failure == http::error::end_of_stream ||
      failure.category() != make_error_code(http::error::bad_method).category())
    return {};
  if (failure == http::error::header_limit)
    return error_response(431, "header_too_large",
                          "the request's header is over " + std::to_string(limits.header_bytes) + " bytes");
  if (failure == http::error::body_limit)
    return error_response(413, "body_too_large",
                          "the request's body is over " + std::to_string(limits.body_bytes) + " bytes");
  return error_response(400, "bad_request", "this is no HTTP/1.1 request", failure.message());
}

class session : public std::enable_shared_from_this<session> {
public:
  session(asio::io_context& network, session_settings& settings, asio::ip::tcp::socket socket)
      : network_(network),
        settings_(settings),
        stream_(std::move(socket)),
        refused_(settings.open.fetch_add(1) >= settings.limits.connections) {}
  ~session() { settings_.open.fetch_sub(1); }
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  void read() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(settings_.limits.header_bytes));
    parser_->body_limit(settings_.limits.body_bytes);
    stream_.expires_after(settings_.limits.read_timeout);
    http::async_read(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](error_code failure, std::size_t) { self->on_read(failure); });
  }

private:
  void on_read(error_code failure) {
    ++request_;
    answered_ = false;
    keep_alive_ = false;
    head_ = false;
    if (failure == http::error::end_of_stream)
      return linger();
    if (failure) {
      if (auto answer = describe(failure, settings_.limits))
        send(std::move(*answer));
      return;
    }
    keep_alive_ = parser_->get().keep_alive() && !refused_;
    head_ = parser_->get().method() == http::verb::head;
    version_ = parser_->get().version();
    stream_.expires_never();
    dispatch();
  }

  void dispatch() {
    if (refused_)
      return send(error_response(503, "too_many_connections",
                                 "this server is busy with other clients; try again later"));
    try {
      settings_.handler(to_request(parser_->release()), make_reply());
    } catch (const std::exception& failure) {
      send(error_response(500, "internal", "the request could not be answered", failure.what()));
    }
  }

  /// The reply hands its reference to this session over to the network thread, where alone the session may
  /// end. It is for this request only: a handler may use it and throw, and then the client has got 500.
  http_reply make_reply() {
    return [self = shared_from_this(), number = request_](http_response answer) mutable {
      if (!self)
        return;
      auto& network = self->network_;
      asio::post(network, [self = std::move(self), number, answer = std::move(answer)]() mutable {
        if (number == self->request_)
          self->send(std::move(answer));
      });
    };
  }

  void send(http_response answer) {
    if (std::exchange(answered_, true))
      return;
    response_.emplace(static_cast<http::status>(answer.status), version_);
    response_->set(http::field::server, "sluice");
    response_->set(http::field::content_type, answer.content_type);
    response_->set(http::field::cache_control, "no-store");
    response_->set("X-Content-Type-Options", "nosniff");
    for (const auto& [name, value] : answer.fields)
      response_->set(name, value);
    response_->keep_alive(keep_alive_);
    response_->body() = std::move(answer.body);
    response_->prepare_payload();
    write();
  }

  void write() {
    serializer_.emplace(*response_);
    stream_.expires_after(settings_.limits.write_timeout);
    auto done = [self = shared_from_this()](error_code failure, std::size_t) { self->on_write(failure); };
    if (head_)
      http::async_write_header(stream_, *serializer_, std::move(done));
    else
      http::async_write(stream_, *serializer_, std::move(done));
  }

  void on_write(error_code failure) {
    serializer_.reset();
    response_.reset();
    if (failure)
      return;
    if (keep_alive_)
      read();
    else
      linger();
  }

  /// Closes our side and reads until the client closes its own: closing at once, with something unread, would
  /// make the kernel reset the connection and the client might never see the response.
  void linger() {
    error_code ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    stream_.expires_after(settings_.limits.linger);
    discard();
  }

  void discard() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(4096),
                            [self = shared_from_this()](error_code failure, std::size_t) {
                              if (!failure)
                                self->discard();
                            });
  }

  asio::io_context& network_;
  session_settings& settings_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::string_body>> response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
  unsigned version_ = 11;
  const bool refused_;
  bool keep_alive_ = false;
  bool head_ = false;
  std::uint64_t request_ = 0;
  bool answered_ = false;
};

} // namespace

void start_session(asio::io_context& network, session_settings& settings, int descriptor, bool v6) {
  const auto protocol = v6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4();
  asio::ip::tcp::socket socket(network, protocol, descriptor);
  error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  std::make_shared<session>(network, settings, std::move(socket))->read();
}

} // namespace sluice
