#include "runtime/http/websocket_stream.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/buffer_traits.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

namespace sluice {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

/// Clients have nothing to say to us.
constexpr std::size_t longest_message = 4 * 1024;
/// Bytes of pieces taken from the queue at a time.
constexpr std::size_t batch_bytes = 64 * 1024;

error_code to_error(transfer result) {
  switch (result) {
  case transfer::done:
    return {};
  case transfer::ended:
    return asio::error::eof;
  default:
    return asio::error::connection_reset;
  }
}

/// Makes a completion out of one of Asio's handlers, which can only be moved.
template <class Handler>
transport::completion shared_handler(Handler&& handler) {
  auto shared = std::make_shared<std::decay_t<Handler>>(std::forward<Handler>(handler));
  return [shared](transfer result, std::size_t size) { (*shared)(to_error(result), size); };
}

/// A transport as Beast wants its streams (AsyncStream), with bytes that were read before in front.
class wire_stream {
public:
  using executor_type = asio::io_context::executor_type;

  wire_stream(asio::io_context& network, transport& wire, std::string more)
      : network_(network), wire_(wire), more_(std::move(more)) {}

  executor_type get_executor() noexcept { return network_.get_executor(); }
  transport& wire() noexcept { return wire_; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return asio::async_initiate<Token, void(error_code, std::size_t)>(
        [this](auto&& handler, const Buffers& into) {
          this->start_read(into, std::forward<decltype(handler)>(handler));
        },
        token, buffers);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return asio::async_initiate<Token, void(error_code, std::size_t)>(
        [this](auto&& handler, const Buffers& from) {
          this->start_write(from, std::forward<decltype(handler)>(handler));
        },
        token, buffers);
  }

private:
  template <class Buffers, class Handler>
  void start_read(const Buffers& buffers, Handler&& handler) {
    const auto copied = asio::buffer_copy(buffers, asio::buffer(more_));
    if (copied > 0) {
      more_.erase(0, copied);
      return asio::post(network_, beast::bind_handler(std::forward<Handler>(handler), error_code{}, copied));
    }
    // The first buffer that is not empty will do: it is "some".
    for (auto at = asio::buffer_sequence_begin(buffers); at != asio::buffer_sequence_end(buffers); ++at) {
      const asio::mutable_buffer one = *at;
      if (one.size() > 0)
        return wire_.read_some(static_cast<char*>(one.data()), one.size(),
                               shared_handler(std::forward<Handler>(handler)));
    }
    asio::post(network_, beast::bind_handler(std::forward<Handler>(handler), error_code{}, std::size_t{0}));
  }

  /// Writes the first two buffers: usually a frame's header and its payload, so all of it.
  template <class Buffers, class Handler>
  void start_write(const Buffers& buffers, Handler&& handler) {
    std::array<std::string_view, 2> parts;
    std::size_t count = 0;
    for (auto at = asio::buffer_sequence_begin(buffers);
         at != asio::buffer_sequence_end(buffers) && count < parts.size(); ++at) {
      const asio::const_buffer one = *at;
      if (one.size() > 0)
        parts.at(count++) = {static_cast<const char*>(one.data()), one.size()};
    }
    wire_.write(parts[0], parts[1], shared_handler(std::forward<Handler>(handler)));
  }

  asio::io_context& network_;
  transport& wire_;
  std::string more_;
};

// What Beast looks for by name: how to end a stream in order, and at once.
template <class Handler>
void async_teardown(beast::role_type, wire_stream& stream, Handler&& handler) {
  auto shared = std::make_shared<std::decay_t<Handler>>(std::forward<Handler>(handler));
  stream.wire().end_writing([shared](transfer, std::size_t) { (*shared)(error_code{}); });
}

void beast_close_socket(wire_stream& stream) {
  stream.wire().close();
}

http::request<http::empty_body> to_beast(const http_request& request) {
  http::request<http::empty_body> made(http::verb::get, request.path, 11);
  for (const auto& [name, value] : request.fields)
    made.insert(name, value);
  return made;
}

class websocket_stream final : public stream_connection {
public:
  websocket_stream(listener_context& context, std::unique_ptr<transport> wire,
                   std::shared_ptr<stream_opening> opening, std::string more)
      : stream_connection(context, std::move(wire), std::move(opening)),
        socket_(context.network, *wire_, std::move(more)) {}

  void accept(const http_request& request) {
    websocket::stream_base::timeout times;
    times.handshake_timeout = context_.limits.write_timeout;
    // Beast pings after half of it, and gives up when nothing came back in the other half.
    times.idle_timeout = 2 * context_.limits.heartbeat;
    times.keep_alive_pings = true;
    socket_.set_option(times);
    socket_.set_option(websocket::stream_base::decorator([id = request.id](websocket::response_type& answer) {
      answer.set(http::field::server, "sluice");
      answer.set("X-Request-Id", id);
    }));
    socket_.read_message_max(longest_message);
    socket_.text(true);
    // Beast would cut messages into 4 KiB.
    socket_.auto_fragment(false);
    socket_.async_accept(to_beast(request),
                         [self = self()](error_code failure) { self->on_accept(failure); });
  }

private:
  void on_round(time_point now) override {
    if ((writing_ || phase() == connection_phase::closing) && now >= deadline_)
      leave();
  }

  std::shared_ptr<websocket_stream> self() {
    return std::static_pointer_cast<websocket_stream>(shared_from_this());
  }

  void on_accept(error_code failure) {
    if (failure)
      return leave();
    if (is_gone())
      return;
    listen();
    open();
  }

  void listen() {
    socket_.async_read(heard_, [self = self()](error_code failure, std::size_t) {
      if (self->is_gone())
        return;
      if (failure)
        return self->leave();
      self->heard_.clear();
      self->listen();
    });
  }

  void pump() override {
    if (writing_ || is_gone() || phase() == connection_phase::closing)
      return;
    next_ = queue_->take(batch_bytes);
    at_ = 0;
    write();
  }

  void write() {
    if (at_ == next_.pieces.size()) {
      if (next_.end)
        return finish(*next_.end);
      return at_ > 0 ? pump() : tell_drained();
    }
    writing_ = true;
    deadline_ = listener_context::now() + context_.limits.write_timeout;
    socket_.async_write(asio::buffer(next_.pieces[at_]),
                        [self = self()](error_code failure, std::size_t) { self->on_write(failure); });
  }

  void on_write(error_code failure) {
    writing_ = false;
    if (is_gone())
      return;
    if (failure)
      return leave();
    queue_->written(std::exchange(next_.pieces[at_], {}).size());
    ++at_;
    write();
  }

  /// Sends the close frame and waits for the client's.
  void finish(const stream_queue::ending& end) {
    const auto now = listener_context::now();
    enter(connection_phase::closing, now);
    deadline_ = now + context_.limits.linger;
    const auto alive = self();
    tell_closed();
    const websocket::close_reason reason(static_cast<websocket::close_code>(end.code),
                                         beast::string_view(end.reason.data(), end.reason.size()));
    socket_.async_close(reason, [alive](error_code) { alive->leave(); });
  }

  websocket::stream<wire_stream, false> socket_;
  beast::flat_buffer heard_;
  stream_queue::batch next_;
  std::size_t at_ = 0;
  bool writing_ = false;
  time_point deadline_{};
};

} // namespace

void start_websocket_stream(listener_context& context, std::unique_ptr<transport> wire,
                            std::shared_ptr<stream_opening> opening, const http_request& request,
                            std::string more) {
  const auto fresh =
      std::make_shared<websocket_stream>(context, std::move(wire), std::move(opening), std::move(more));
  context.connections.add(fresh);
  fresh->accept(request);
}

} // namespace sluice
