#include "runtime/http/http_listener.hpp"

#include "model/base/error.hpp"
#include "runtime/http/background_thread.hpp"
#include "runtime/http/listener_context.hpp"
#include "runtime/http/session.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <random>
#include <utility>

namespace sluice {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// The pause after a failed accept: without descriptors it would fail again at once, and forever.
constexpr std::chrono::milliseconds accept_pause{100};
/// Failures to accept are told once in this time.
constexpr std::chrono::seconds complaint_pause{60};
/// How often deadlines are looked at, at most and at least.
constexpr std::chrono::milliseconds shortest_round{5};
constexpr std::chrono::milliseconds longest_round{250};

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
  // A server that was just stopped leaves connections behind that hold its port for a minute.
  acceptor.set_option(asio::socket_base::reuse_address(true), failure);
  check(failure, address);
  acceptor.bind(endpoint, failure);
  check(failure, address);
  acceptor.listen(asio::socket_base::max_listen_connections, failure);
  check(failure, address);
  return acceptor;
}

std::shared_ptr<const tls_context> load(const std::optional<tls_files>& files) {
  return files ? std::make_shared<const tls_context>(*files) : nullptr;
}

std::uint64_t random_origin() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

/// Deadlines may be missed by a fifth of the shortest time that matters.
std::chrono::milliseconds round_of(const http_limits& limits) {
  const auto shortest = std::min(
      {limits.read_timeout, limits.idle_timeout, limits.write_timeout, limits.linger, limits.heartbeat});
  return std::clamp(shortest / 5, shortest_round, longest_round);
}

} // namespace

struct http_listener::state {
  state(const listen_address& wanted, http_listener_settings settings)
      : files(settings.tls),
        identity(load(files)),
        context{network,         std::make_shared<network_gate>(network),
                settings.limits, access_log(settings.log, settings.least),
                settings.log,    request_ids(random_origin())},
        acceptor(listen_on(network, wanted)),
        round(round_of(settings.limits)) {
    address = {wanted.host, acceptor.local_endpoint().port()};
    v6 = acceptor.local_endpoint().address().is_v6();
  }
  ~state() { context.gate->close(); }

  void accept() {
    acceptor.async_accept([this](error_code failure, tcp::socket socket) {
      if (failure == asio::error::operation_aborted || !acceptor.is_open())
        return;
      if (failure)
        return recover(failure);
      admit(std::move(socket));
      accept();
    });
  }

  /// Gives the connection a place, somebody else's if it must be, or a refusal.
  void admit(tcp::socket socket) {
    context.counters.connections.fetch_add(1, std::memory_order_relaxed);
    auto& table = context.connections;
    const bool refused = table.served() >= context.limits.connections && !make_room();
    if (refused) {
      context.counters.refused.fetch_add(1, std::memory_order_relaxed);
      if (table.refused() >= context.limits.refusals)
        return;
    }
    const int descriptor = socket.release();
    auto wire = identity_now() ? make_tls_transport(network, descriptor, v6, identity_now())
                               : make_tcp_transport(network, descriptor, v6);
    start_session(context, std::move(wire), refused);
    note_open();
    look_at_clock();
  }

  bool make_room() {
    const auto victim = context.connections.easiest_to_miss(listener_context::now(), context.limits.patience);
    if (!victim)
      return false;
    context.counters.replaced.fetch_add(1, std::memory_order_relaxed);
    victim->cut();
    return true;
  }

  /// Most likely there are no descriptors: somebody must go, and those who wait to connect must wait a little
  /// longer.
  void recover(error_code failure) {
    const bool no_descriptors = failure == asio::error::no_descriptors;
    if (no_descriptors)
      make_room();
    const auto now = listener_context::now();
    if (context.log && now >= next_complaint) {
      next_complaint = now + complaint_pause;
      context.log(log_level::error, "http_accept_failed",
                  "connections cannot be accepted: " + failure.message() +
                      (no_descriptors ? "; raise the limit of open files (ulimit -n), or lower the number of "
                                        "connections that are served"
                                      : "; it is tried again"));
    }
    retry.expires_after(accept_pause);
    retry.async_wait([this](error_code cancelled) {
      if (!cancelled)
        accept();
    });
  }

  /// While there are connections, looks at them once a round.
  void look_at_clock() {
    if (std::exchange(ticking, true))
      return;
    clock.expires_after(round);
    clock.async_wait([this](error_code cancelled) {
      ticking = false;
      if (cancelled)
        return;
      const auto now = listener_context::now();
      for (const auto& one : context.connections.all())
        one->on_clock(now);
      note_open();
      if (context.connections.served() + context.connections.refused() > 0)
        look_at_clock();
    });
  }

  void note_open() {
    const std::lock_guard lock(open_mutex);
    context.counters.open.store(context.connections.served() + context.connections.refused(),
                                std::memory_order_relaxed);
    open_changed.notify_all();
  }

  bool wait_until_closed(std::chrono::nanoseconds time) {
    std::unique_lock lock(open_mutex);
    return open_changed.wait_for(lock, time, [this] { return context.counters.open == 0; });
  }

  void drain() {
    error_code ignored;
    acceptor.close(ignored);
    retry.cancel(ignored);
    context.draining = true;
    for (const auto& one : context.connections.all())
      if (one->phase() == connection_phase::idle)
        one->cut();
    note_open();
  }

  void cut_all() {
    error_code ignored;
    acceptor.close(ignored);
    for (const auto& one : context.connections.all())
      one->cut();
    note_open();
  }

  void run() noexcept {
    context.gate->enter();
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

  std::shared_ptr<const tls_context> identity_now() {
    const std::lock_guard lock(mutex);
    return identity;
  }

  const std::optional<tls_files> files;
  std::mutex mutex;
  std::shared_ptr<const tls_context> identity;
  // Before `network`, which may still hold connections when it ends.
  listener_context context;
  asio::io_context network{1};
  tcp::acceptor acceptor;
  asio::steady_timer retry{network};
  asio::steady_timer clock{network};
  bool ticking = false;
  /// For who waits until nobody is connected any more.
  std::mutex open_mutex;
  std::condition_variable open_changed;
  const std::chrono::milliseconds round;
  connection::time_point next_complaint{};
  listen_address address;
  bool v6 = false;
  std::thread thread;
};

http_listener::http_listener(const listen_address& address, http_listener_settings settings)
    : state_(std::make_unique<state>(address, std::move(settings))) {}

http_listener::~http_listener() {
  stop();
}

void http_listener::start(http_handler handler) {
  state_->context.handler = std::move(handler);
  state_->accept();
  state_->thread = start_background_thread([this] { state_->run(); });
}

void http_listener::drain() {
  state_->context.gate->post([this] { state_->drain(); });
}

bool http_listener::wait_until_closed(std::chrono::nanoseconds time) {
  return state_->wait_until_closed(time);
}

void http_listener::close_streams() {
  state_->context.gate->post([this] {
    for (const auto& one : state_->context.connections.all())
      one->close_stream();
  });
}

void http_listener::stop() noexcept {
  if (!state_->thread.joinable())
    return;
  try {
    state_->context.gate->post([this] {
      state_->cut_all();
      state_->network.stop();
    });
  } catch (...) {
    // No memory even for that: those who wait for the end of a stream learn it from the handle.
    state_->network.stop();
  }
  state_->thread.join();
}

void http_listener::reload_tls() {
  if (!state_->files)
    return;
  auto fresh = load(state_->files);
  const std::lock_guard lock(state_->mutex);
  state_->identity = std::move(fresh);
}

void http_listener::set_least(log_level least) noexcept {
  state_->context.access.set_least(least);
}

const listen_address& http_listener::address() const noexcept {
  return state_->address;
}

const http_counters& http_listener::counters() const noexcept {
  return state_->context.counters;
}

} // namespace sluice
