#pragma once

#include "model/node/node_context.hpp"

namespace sluice {

/// What a source has to say after `produce`.
enum class produce_result : std::uint8_t {
  more, ///< ask again when there is room
  wait, ///< nothing until the tick that was requested
  done, ///< the source has ended
};

/// User code or a built-in: reacts to messages, ticks, start and stop. One thread at a time calls it, not
/// always the same one. A handler that throws is isolated: the node's error policy decides what follows.
///
///     struct double_it : sluice::node {
///       void on_message(sluice::node_context& context, std::size_t, sluice::message& in) override {
///         context.emit(0, in.with(2 * in.get<int>()));
///       }
///     };
class node {
public:
  virtual ~node() = default;

  /// Before any message; open files here, not in the constructor. Throwing stops the flow before it begins.
  virtual void on_start(node_context&) {}

  /// One data or error message of input port number `input`; move out of `in` what is to be kept.
  /// Nodes that take any payload see error messages too; others get them passed on unhandled.
  virtual void on_message(node_context& context, std::size_t input, message& in);

  /// A control message. Returns false when it was not for this node: it is then forwarded once per output.
  virtual bool on_control(node_context&, std::size_t /*input*/, const message& /*control*/) { return false; }

  /// The tick asked for by `request_tick`.
  virtual void on_tick(node_context&) {}

  /// Sources only: emit at most `room` messages. May wait up to `defaults::source_wait` if the type is
  /// `blocking`.
  virtual produce_result produce(node_context&, std::size_t /*room*/) { return produce_result::done; }

  /// All inputs have ended, or the source was stopped: emit what is held. The last chance to emit.
  virtual void on_end(node_context&) {}

  /// Exactly once, also after a failure, and last: release files, processes.
  virtual void on_stop(node_context&) {}
};

} // namespace sluice
