#include "runtime/http/http_listener.hpp"

#include "model/base/error.hpp"
#include "runtime/http/background_thread.hpp"
#include "runtime/http/session.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <utility>

namespace sluice {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// The pause after a failed accept: without descriptors it would fail again at once, and forever.
constexpr std::chrono::milliseconds accept_pause{100};

void check(error_code failure, const listen_address& address) {
  if (failure)
    throw error("cannot_listen", "cannot listen on " + to_string(address) + ": " + failure.message() +
                                     "; choose another port, or port 0 for any free one");
}

tcp::acceptor listen_on(asio::io_context& network, const listen_address& address) {
  const tcp::endpoint endpoint(asio::ip::make_address(address.host), address.port);
  tcp::acceptor acceptor(network);
  error_code failure;
  acceptor.open(endpoint.protocol(), failure);
  check(failure, address);
  acceptor.set_option(asio::socket_base::reuse_address(true), failure);
  check(failure, address);
  acceptor.bind(endpoint, failure);
  check(failure, address);
  acceptor.listen(asio::socket_base::max_listen_connections, failure);
  check(failure, address);
  return acceptor;
}

} // namespace

struct http_listener::state {
  state(const listen_address& wanted, http_limits limits) : acceptor(listen_on(network, wanted)) {
    settings.limits = limits;
    address = {wanted.host, acceptor.local_endpoint().port()};
  }

  void accept() {
    acceptor.async_accept([this](error_code failure, tcp::socket socket) {
      if (failure)
        return pause();
      if (settings.open.load() < settings.limits.connections + settings.limits.refusals)
        serve(std::move(socket));
      accept();
    });
  }

  void serve(tcp::socket socket) {
    const bool v6 = acceptor.local_endpoint().address().is_v6();
    start_session(network, settings, socket.release(), v6);
  }

  void pause() {
    retry.expires_after(accept_pause);
    retry.async_wait([this](error_code failure) {
      if (!failure)
        accept();
    });
  }

  void run() noexcept {
    // A handler that throws (no memory) loses its connection, not the server.
    for (;;) {
      try {
        network.run();
        return;
      } catch (...) {
        continue;
      }
    }
  }

  // First, so that it outlives the sessions, which die with `network`.
  session_settings settings;
  listen_address address;
  asio::io_context network{1};
  tcp::acceptor acceptor;
  asio::steady_timer retry{network};
  std::thread thread;
};

http_listener::http_listener(const listen_address& address, http_limits limits)
    : state_(std::make_unique<state>(address, limits)) {}

http_listener::~http_listener() {
  stop();
}

void http_listener::start(http_handler handler) {
  state_->settings.handler = std::move(handler);
  state_->accept();
  state_->thread = start_background_thread([this] { state_->run(); });
}

void http_listener::stop() noexcept {
  state_->network.stop();
  if (state_->thread.joinable())
    state_->thread.join();
}

const listen_address& http_listener::address() const noexcept {
  return state_->address;
}

} // namespace sluice
