#include "runtime/http/metrics_listener.hpp"

#include "runtime/http/error_envelope.hpp"
#include "runtime/http/http_listener.hpp"
#include "runtime/http/router.hpp"
#include "runtime/http/shared_render.hpp"

#include <utility>

namespace sluice {

namespace {

constexpr const char* exposition_type = "text/plain; version=0.0.4; charset=utf-8";

http_response to_response(const shared_render::result& made) {
  if (made.failed)
    return error_response(500, "internal", "the metrics could not be rendered", made.text);
  return {200, exposition_type, made.text};
}

} // namespace

struct metrics_listener::state {
  state(const listen_address& address, std::function<std::string()> render, http_limits limits)
      : listener(address, http_listener_settings{limits}), metrics(std::move(render)) {
    routes.add("GET", "/healthz", [](const http_request&, http_reply reply) {
      reply({200, "text/plain; charset=utf-8", "ok\n"});
    });
    routes.add("GET", "/metrics", [this](const http_request&, http_reply reply) {
      metrics.ask(
          [reply = std::move(reply)](const shared_render::result& made) { reply(to_response(made)); });
    });
    listener.start([this](const http_request& request, http_reply reply) {
      if (auto refusal = refuse_foreign(request))
        return reply(std::move(*refusal));
      routes.route(request, std::move(reply));
    });
  }

  /// First the network thread, which uses the others; then, by the order below, the replies that still wait,
  /// which use the listener.
  ~state() { listener.stop(); }

  http_listener listener;
  router routes;
  shared_render metrics;
};

metrics_listener::metrics_listener(const std::string& address, std::function<std::string()> render,
                                   http_limits limits)
    : state_(std::make_unique<state>(parse_listen_address(address), std::move(render), limits)) {}

metrics_listener::~metrics_listener() = default;

std::uint16_t metrics_listener::port() const noexcept {
  return state_->listener.address().port;
}

std::string metrics_listener::address() const {
  return to_string(state_->listener.address());
}

} // namespace sluice
