#include "runtime/http/session.hpp"

#include "runtime/http/error_envelope.hpp"
#include "runtime/http/event_stream.hpp"
#include "runtime/http/input_buffer.hpp"
#include "runtime/http/reply_ticket.hpp"
#include "runtime/http/request_reader.hpp"
#include "runtime/http/websocket_handshake.hpp"
#include "runtime/http/websocket_stream.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace sluice {

namespace {

/// Room for what comes next: a header, or the next part of a body.
constexpr std::size_t header_room = 4 * 1024;
constexpr std::size_t body_room = 32 * 1024;
/// A body up to this size is copied behind its head, to leave in one packet and one TLS record.
constexpr std::size_t small_body = 8 * 1024;
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

class session final : public connection, public reply_target {
public:
  session(listener_context& context, std::unique_ptr<transport> wire, bool refused)
      : connection(context, std::move(wire)), reader_(context.limits), refused_(refused) {}
  ~session() override { context_.bodies -= counted_; }

  void start() {
    enter_until(connection_phase::reading, context_.limits.read_timeout);
    if (!wire_->needs_handshake())
      return next_request(connection_phase::reading);
    wire_->handshake([self = self()](transfer result, std::size_t) { self->on_handshake(result); });
  }

  void answer(std::uint64_t request, http_response answer) override {
    if (request == request_ && waits_)
      send(std::move(answer));
  }

  void abandon(std::uint64_t request) override {
    if (request == request_ && waits_)
      leave();
  }

  void on_clock(time_point now) override {
    if (gone_ || now < deadline_)
      return;
    if (phase() == connection_phase::reading && reader_.began() && !refused_ && !continuing_)
      return refuse(error_response(408, "request_timeout", "the request took too long to arrive"));
    leave();
  }

  void cut() override { leave(); }
  bool is_refused() const noexcept override { return refused_; }

private:
  std::shared_ptr<session> self() { return std::static_pointer_cast<session>(shared_from_this()); }

  void enter_until(connection_phase phase, std::chrono::milliseconds time) {
    const auto now = listener_context::now();
    enter(phase, now);
    deadline_ = now + time;
  }

  void on_handshake(transfer result) {
    if (gone_)
      return;
    if (result == transfer::plain_http)
      return refuse(error_response(400, "https_required",
                                   "this port speaks TLS, and this request came without: use https://"));
    if (result != transfer::done)
      return leave();
    next_request(connection_phase::reading);
  }

  void next_request(connection_phase phase) {
    forget_body();
    reader_.start();
    keep_alive_ = false;
    continued_ = false;
    if (phase == connection_phase::idle)
      enter_until(phase, context_.limits.idle_timeout);
    read_on();
  }

  /// Uses what has arrived, then waits for more.
  void read_on() {
    std::size_t used = 0;
    const auto outcome = reader_.read(input_.data(), used);
    input_.use(used);
    if (!count_body())
      return;
    switch (outcome) {
    case request_reader::outcome::complete:
      return dispatch();
    case request_reader::outcome::refused:
      return refuse(reader_.refusal());
    case request_reader::outcome::incomplete:
      break;
    }
    if (phase() == connection_phase::idle && reader_.began())
      enter_until(connection_phase::reading, context_.limits.read_timeout);
    if (reader_.header_complete() && !expect_body())
      return;
    const auto size = reader_.header_complete() ? body_room : header_room;
    reading_ = true;
    wire_->read_some(input_.room(size), size,
                     [self = self()](transfer result, std::size_t count) { self->on_read(result, count); });
  }

  /// Accounts for what has come of a body; false when that is too much.
  bool count_body() {
    const auto bytes = reader_.body_bytes();
    context_.bodies += bytes - counted_;
    counted_ = bytes;
    if (bytes == 0 || context_.bodies <= context_.limits.all_bodies_bytes)
      return true;
    refuse(error_response(503, "too_many_bodies", "this server is busy with other bodies; try again later"));
    return false;
  }

  /// Gives a body its time, and says that it may come; false when the next read must wait for that.
  bool expect_body() {
    const std::chrono::milliseconds slack(counted_ * 1000 / context_.limits.body_speed);
    deadline_ = since() + context_.limits.read_timeout + slack;
    if (continued_ || !reader_.wants_continue() || refused_)
      return true;
    continued_ = continuing_ = true;
    wire_->write(go_on, {}, [self = self()](transfer result, std::size_t) {
      self->continuing_ = false;
      if (self->gone_)
        return;
      result == transfer::done ? self->read_on() : self->leave();
    });
    return false;
  }

  void on_read(transfer result, std::size_t count) {
    reading_ = false;
    if (gone_)
      return;
    if (phase() == connection_phase::closing)
      return on_discarded(result);
    if (result != transfer::done)
      return leave();
    input_.added(count);
    // Otherwise this came too late, and the client is being told so.
    if (phase() != connection_phase::busy)
      read_on();
  }

  void dispatch() {
    keep_alive_ = reader_.keep_alive() && !refused_ && !context_.draining;
    begin_answer();
    auto& request = reader_.request();
    request.id = id_;
    request.remote = wire_->remote();
    if (refused_)
      return send(error_response(503, "too_many_connections",
                                 "this server is busy with other clients; try again later"));
    try {
      context_.handler(request, make_reply(context_.gate, self(), request_));
    } catch (const std::exception& failure) {
      fail(failure.what());
    } catch (...) {
      fail("an exception of an unknown type");
    }
  }

  void fail(const char* why) {
    answer(request_, error_response(500, "internal", "the request could not be answered", why));
  }

  /// Gives back what a body takes, as soon as nobody needs it.
  void forget_body() {
    std::string().swap(reader_.request().body);
    context_.bodies -= std::exchange(counted_, 0);
  }

  /// Answers a request that is none, and ends the connection after it.
  void refuse(http_response answer) {
    keep_alive_ = false;
    forget_body();
    begin_answer();
    send(std::move(answer));
  }

  void begin_answer() {
    began_ = listener_context::now();
    enter(connection_phase::busy, began_);
    deadline_ = time_point::max();
    ++request_;
    waits_ = true;
    id_ = context_.ids.name(reader_.request());
  }

  void send(http_response answer) {
    waits_ = false;
    response_ = std::move(answer);
    const auto& request = reader_.request();
    if (response_.stream && response_.stream->websocket) {
      if (request.wants_websocket)
        return become_websocket();
      auto refusal = websocket_required();
      refusal.caller_name = std::move(response_.caller_name);
      response_ = std::move(refusal);
    }
    write();
  }

  void write() {
    const auto& request = reader_.request();
    response_frame frame{id_, context_.date.at(std::time(nullptr)), request.http_1_0, keep_alive_, false};
    if (response_.stream) {
      frame.endless = true;
      frame.keep_alive = keep_alive_ = false;
      if (response_.content_type.empty())
        response_.content_type = "text/event-stream";
    }
    head_ = response_head(response_, frame);
    if (response_.stream || request.method == "HEAD" || is_without_body(response_.status))
      response_.body.clear();
    if (response_.body.size() <= small_body)
      head_ += response_.body;
    deadline_ = listener_context::now() + context_.limits.write_timeout;
    const bool apart = response_.body.size() > small_body;
    wire_->write(head_, apart ? std::string_view(response_.body) : std::string_view{},
                 [self = self()](transfer result, std::size_t) { self->on_write(result); });
  }

  void on_write(transfer result) {
    tell(result != transfer::done);
    if (gone_)
      return;
    if (result != transfer::done)
      return leave();
    if (response_.stream && reader_.request().method != "HEAD")
      return become_event_stream();
    response_ = {};
    if (keep_alive_ && !context_.draining)
      next_request(connection_phase::idle);
    else
      linger();
  }

  void tell(bool cut) {
    const auto& request = reader_.request();
    const auto status = response_.status;
    context_.counters.answers.at(status / 100 % 6).fetch_add(1, std::memory_order_relaxed);
    context_.access.tell({request.method.empty() ? "-" : std::string_view(request.method),
                          request.path.empty() ? "-" : std::string_view(request.path), status,
                          response_.body.size(), listener_context::now() - began_, id_, response_.caller_name,
                          wire_ ? std::string_view(wire_->remote()) : std::string_view("-"), cut});
  }

  void become_event_stream() {
    gone_ = true;
    const auto alive = self();
    context_.connections.remove(*this);
    start_event_stream(context_, std::move(wire_), std::move(response_.stream), !reader_.request().http_1_0);
  }

  void become_websocket() {
    response_.status = 101;
    tell(false);
    gone_ = true;
    const auto alive = self();
    context_.connections.remove(*this);
    start_websocket_stream(context_, std::move(wire_), std::move(response_.stream), reader_.request(),
                           std::string(input_.data()));
  }

  /// Closes our side and reads until the client closes its own: closing at once, with something unread, would
  /// make the kernel reset the connection and the client might never see the response.
  void linger() {
    forget_body();
    const auto now = listener_context::now();
    enter(connection_phase::closing, now);
    deadline_ = now + context_.limits.linger;
    wire_->end_writing([self = self()](transfer, std::size_t) { self->discard(); });
  }

  void discard() {
    if (gone_ || reading_)
      return;
    wire_->discard_some([self = self()](transfer result, std::size_t) { self->on_discarded(result); });
  }

  void on_discarded(transfer result) {
    if (gone_)
      return;
    if (result != transfer::done)
      return leave();
    const auto last = since() + context_.limits.write_timeout;
    deadline_ = std::min(last, listener_context::now() + context_.limits.linger);
    discard();
  }

  void leave() {
    if (std::exchange(gone_, true))
      return;
    waits_ = false;
    const auto alive = self();
    wire_->close();
    context_.connections.remove(*this);
  }

  request_reader reader_;
  input_buffer input_;
  const bool refused_;
  bool gone_ = false;
  /// An answer to request `request_` is awaited.
  bool waits_ = false;
  bool keep_alive_ = false;
  /// `100 Continue` was told, is being told.
  bool continued_ = false;
  bool continuing_ = false;
  /// A read is under way.
  bool reading_ = false;
  std::uint64_t request_ = 0;
  /// Bytes of the body that are part of `listener_context::bodies`.
  std::size_t counted_ = 0;
  time_point deadline_{};
  time_point began_{};
  std::string id_;
  std::string head_;
  http_response response_;
};

} // namespace

void start_session(listener_context& context, std::unique_ptr<transport> wire, bool refused) {
  const auto fresh = std::make_shared<session>(context, std::move(wire), refused);
  context.connections.add(fresh);
  fresh->start();
}

} // namespace sluice
