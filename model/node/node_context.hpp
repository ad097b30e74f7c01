#pragma once

#include "model/base/error.hpp"
#include "model/base/log.hpp"
#include "model/message/message.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace sluice {

/// What a node may ask of whoever runs it. Nodes use `node_context`; only runners implement this.
class node_host {
public:
  /// See `node_context::request_tick`.
  virtual void request_tick(std::chrono::nanoseconds after) = 0;
  /// See `node_context::pause`.
  virtual void set_paused(std::size_t input, bool paused) = 0;
  /// See `node_context::defer`.
  virtual void defer(std::chrono::nanoseconds retry_after) = 0;
  /// See `node_context::fail`.
  virtual void fail(message original, std::string_view code, std::string_view text) = 0;
  /// See `node_context::set_held`.
  virtual void set_held(std::size_t count) = 0;
  /// See `node_context::discard`.
  virtual void discard(std::size_t count) = 0;
  /// See `node_context::log`.
  virtual void log(log_level level, std::string_view event, std::string_view text) = 0;
  /// See `node_context::send_control`.
  virtual void send_control(std::size_t output, message control) = 0;
  /// See `node_context::now`.
  virtual std::chrono::nanoseconds now() const = 0;
  /// See `node_context::stopping`.
  virtual bool stopping() const noexcept = 0;
  /// See `node_context::aborting`.
  virtual bool aborting() const noexcept = 0;

protected:
  ~node_host() = default;
};

/// A node's window on the world while one of its handlers runs. Never blocks; what does not fit downstream
/// waits in the node's outbox. Thread: only inside a handler, on the thread that runs it.
class node_context {
public:
  /// Never retry by itself; see `defer`.
  static constexpr std::chrono::nanoseconds until_resumed{-1};

  /// For runners. `host` outlives it; `outputs` counts the ports, the one for errors included.
  node_context(node_host& host, std::size_t outputs) : host_(&host), outputs_(outputs) {}
  node_context(const node_context&) = delete;
  node_context& operator=(const node_context&) = delete;

  /// Sends `out` by output port number `output`, in the order of the node type's ports. A message without
  /// trace id or time gets those of the input at hand.
  void emit(std::size_t output, message&& out) {
    stamp(out);
    outputs_[output].push_back(std::move(out));
  }
  /// Sends a new data message around `value`.
  template <class T, class = std::enable_if_t<!std::is_same_v<std::decay_t<T>, message>>>
  void emit(std::size_t output, T&& value) {
    outputs_[output].emplace_back(std::forward<T>(value));
    auto& out = outputs_[output].back();
    out.set_trace(next_trace());
    out.set_timestamp(timestamp_);
  }

  /// Reports that `original` cannot be handled: counted, logged with its trace id, sent by the `error` port
  /// when that is wired, and then the node's error policy. Throwing from a handler does the same.
  void fail(message original, std::string_view code, std::string_view text) {
    stamp(original);
    host_->fail(std::move(original), code, text);
  }

  /// Sends a control message by `output`: it overtakes data.
  void send_control(std::size_t output, message control) { host_->send_control(output, std::move(control)); }

  /// Asks for one call of `on_tick`, never earlier than `after` from now. A newer request replaces an older
  /// one.
  void request_tick(std::chrono::nanoseconds after) { host_->request_tick(after); }

  /// "Not now": no messages of `input` until `resume`.
  void pause(std::size_t input) { host_->set_paused(input, true); }
  /// Messages of `input` again.
  void resume(std::size_t input) { host_->set_paused(input, false); }

  /// In `on_message` only: the message at hand was not touched and is to be presented again, first, after
  /// `retry_after`, or when `resume` is called for its port. Until then the port is paused and the message
  /// counts as held.
  void defer(std::chrono::nanoseconds retry_after = until_resumed) { host_->defer(retry_after); }

  /// Tells how many input messages this node keeps inside (batches, delays, windows). They are discarded
  /// messages if the flow is aborted.
  void set_held(std::size_t count) { host_->set_held(count); }
  /// Tells that `count` messages this node kept are given up on purpose.
  void discard(std::size_t count) { host_->discard(count); }

  /// Monotonic time, for measuring; nanoseconds.
  std::chrono::nanoseconds now() const { return host_->now(); }
  /// Wall time, read once per batch; nanoseconds since 1970 UTC.
  std::chrono::nanoseconds timestamp() const noexcept { return timestamp_; }
  /// True once the flow was asked to stop.
  bool stopping() const noexcept { return host_->stopping(); }
  /// True once the flow is being aborted: give up whatever a handler waits for, and return.
  bool aborting() const noexcept { return host_->aborting(); }

  /// Writes a log line with a stable event name; rate-limited per event.
  void log(log_level level, std::string_view event, std::string_view text) { host_->log(level, event, text); }

  /// For runners: messages emitted on `output` since the last flush.
  std::size_t emitted(std::size_t output) const noexcept { return outputs_[output].size(); }
  /// For runners: true when anything was.
  bool any_emitted() const noexcept {
    for (const auto& each : outputs_)
      if (!each.empty())
        return true;
    return false;
  }
  /// For runners.
  std::vector<std::vector<message>>& outputs() noexcept { return outputs_; }
  /// For runners: the trace id of the input at hand, for what is emitted without one.
  void set_input_trace(const trace_id& id) noexcept { input_trace_ = id; }
  /// For runners: the wall time that `timestamp` returns.
  void set_timestamp(std::chrono::nanoseconds since_epoch) noexcept { timestamp_ = since_epoch; }
  /// A source's own sequence: used whenever no input is at hand.
  void set_source(std::uint64_t source) noexcept { own_.source = source; }

private:
  void stamp(message& out) noexcept {
    if (out.trace().empty())
      out.set_trace(next_trace());
    if (out.timestamp().count() == 0)
      out.set_timestamp(timestamp_);
  }

  trace_id next_trace() noexcept {
    if (!input_trace_.empty())
      return input_trace_;
    ++own_.sequence;
    return own_;
  }

  node_host* host_;
  std::vector<std::vector<message>> outputs_;
  trace_id input_trace_;
  trace_id own_;
  std::chrono::nanoseconds timestamp_{0};
};

} // namespace sluice
