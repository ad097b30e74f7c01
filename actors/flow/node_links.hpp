#pragma once

#include "model/message/message_batch.hpp"
#include "model/node/node_context.hpp"
#include "model/node/wakeable.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

enum class node_timer : std::uint8_t { tick, retry, restart };
inline constexpr std::size_t node_timer_count = 3;

/// What a node says to its edges and its supervisor; the node actor implements it with messages, tests with a
/// recorder. Inputs and outputs are numbered as in `planned_node::inputs` and `outputs`.
class node_links {
public:
  virtual void send_batch(std::size_t output, batch_pointer batch) = 0;
  virtual void send_taken(std::size_t input, std::size_t count, batch_pointer spare) = 0;
  virtual void send_control(std::size_t output, message control) = 0;
  virtual void return_control_credit(std::size_t input) = 0;
  /// A control message that came by no edge was handled.
  virtual void return_control_place() = 0;
  /// No more such messages. False while one is on its way: it comes first.
  virtual bool close_control_places() = 0;
  /// One-shot; a newer one of the same kind replaces it. `generation` comes back with it.
  virtual void schedule(node_timer which, std::chrono::nanoseconds after, std::uint64_t generation) = 0;
  virtual void report_ended() = 0;
  virtual void report_failed(std::string reason) = 0;
  /// Only feedback inputs are still open.
  virtual void report_waiting() = 0;
  /// The outside closed its end (a pipe): the flow should finish.
  virtual void report_closed() = 0;
  /// What wakes this node from outside; empty where nothing can.
  virtual node_waker waker() { return {}; }
  virtual void log(log_level level, std::string_view event, std::string_view text) = 0;
  /// True once the flow was asked to stop or abort; true at once, also while a handler runs.
  virtual bool stopping() const noexcept = 0;
  /// True once the flow is being aborted, likewise.
  virtual bool aborting() const noexcept = 0;
  /// Monotonic, and since 1970 UTC.
  virtual std::chrono::nanoseconds now() const = 0;
  virtual std::chrono::nanoseconds wall_time() const = 0;

protected:
  ~node_links() = default;
};

} // namespace sluice
