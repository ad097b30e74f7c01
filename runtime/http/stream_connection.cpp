#include "runtime/http/stream_connection.hpp"

#include <chrono>
#include <exception>
#include <string>
#include <utility>

namespace sluice {

namespace {

constexpr std::chrono::seconds look_period{1};

} // namespace

stream_connection::stream_connection(listener_context& context, std::unique_ptr<transport> wire,
                                     std::shared_ptr<stream_opening> opening)
    : connection(context, std::move(wire)), opening_(std::move(opening)) {
  enter(connection_phase::busy, listener_context::now());
  wire_->send_promptly();
  context_.counters.streams.fetch_add(1, std::memory_order_relaxed);
}

stream_connection::~stream_connection() {
  if (queue_)
    queue_->end();
  context_.counters.streams.fetch_sub(1, std::memory_order_relaxed);
}

void stream_connection::open() {
  const std::weak_ptr<connection> weak = weak_from_this();
  queue_ = std::make_shared<stream_queue>(context_.limits.stream_bytes, [gate = context_.gate, weak] {
    gate->post([weak] {
      if (const auto alive = std::static_pointer_cast<stream_connection>(weak.lock()))
        alive->pump();
    });
  });
  open_ = true;
  try {
    opening_->opened(queue_);
  } catch (const std::exception& failure) {
    if (context_.log)
      context_.log(log_level::error, "http_stream_failed",
                   std::string("a stream was not begun: ") + failure.what());
    leave();
  }
}

void stream_connection::tell_drained() {
  if (open_ && opening_->drained)
    opening_->drained();
}

void stream_connection::on_clock(time_point now) {
  if (open_ && opening_->looked && now - looked_ >= look_period) {
    looked_ = now;
    opening_->looked();
  }
  if (!gone_)
    on_round(now);
}

void stream_connection::close_stream() {
  // RFC 6455, 7.4.1: 1001 is "going away".
  if (queue_)
    queue_->close("", 1001, "the server stops");
}

void stream_connection::tell_closed() {
  if (!std::exchange(open_, false))
    return;
  queue_->end();
  if (!opening_->closed)
    return;
  try {
    opening_->closed();
  } catch (const std::exception& failure) {
    if (context_.log)
      context_.log(log_level::error, "http_stream_failed",
                   std::string("the end of a stream was not taken note of: ") + failure.what());
  }
}

void stream_connection::leave() {
  if (std::exchange(gone_, true))
    return;
  const auto alive = shared_from_this();
  wire_->close();
  on_leave();
  context_.connections.remove(*this);
  tell_closed();
}

} // namespace sluice
