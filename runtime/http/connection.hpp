#pragma once

#include "runtime/http/transport.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

namespace sluice {

struct listener_context;

/// What a connection is doing, as far as it matters to others that want its place.
enum class connection_phase : std::uint8_t {
  /// Between two requests.
  idle,
  /// A handshake or a request is incomplete.
  reading,
  /// A request is at work, its answer is being taken, or a stream is open.
  busy,
  /// Told to close; waits for the client.
  closing
};

/// One client's connection, whatever it speaks at the moment. Owned by the table of its listener's context,
/// and by what it waits for. Thread: the network's.
class connection : public std::enable_shared_from_this<connection> {
public:
  using time_point = std::chrono::steady_clock::time_point;

  connection(listener_context& context, std::unique_ptr<transport> wire)
      : context_(context), wire_(std::move(wire)) {}
  virtual ~connection() = default;
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Called from time to time: what is overdue is ended.
  virtual void on_clock(time_point now) = 0;
  /// Ends it at once.
  virtual void cut() = 0;
  /// Ends a stream in order, for the server goes away; nothing to do for others.
  virtual void close_stream() {}

  connection_phase phase() const noexcept { return phase_; }
  /// When the phase began.
  time_point since() const noexcept { return since_; }
  /// Has no place of its own: it is there to be told so.
  virtual bool is_refused() const noexcept { return false; }

protected:
  void enter(connection_phase phase, time_point now) noexcept {
    phase_ = phase;
    since_ = now;
  }

  listener_context& context_;
  std::unique_ptr<transport> wire_;

private:
  connection_phase phase_ = connection_phase::reading;
  time_point since_{};
};

} // namespace sluice
