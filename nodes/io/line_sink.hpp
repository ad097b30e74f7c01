#pragma once

#include "model/node/node.hpp"
#include "nodes/io/line_writer.hpp"

#include <optional>
#include <string>

namespace sluice {

/// Base of the sinks that write one line per message. It buffers, flushes after each slice of messages, holds
/// messages back while the other side takes none, and keeps what could not be written for another try.
///
/// Errors: `closed_pipe` when the reader has gone, `write_failed` otherwise. A failed write is retried every
/// second; a message that no longer fits the buffer fails. What is left at the end is given up, counted and
/// reported.
class line_sink : public node {
public:
  void on_message(node_context& context, std::size_t input, message& in) override;
  void on_tick(node_context& context) override;
  void on_end(node_context& context) override;
  void on_stop(node_context& context) override;

protected:
  explicit line_sink(line_format format) : writer_(format) {}

  /// Call in `on_start`. The descriptor stays open until `release`.
  void attach(int descriptor) { writer_.attach(descriptor); }

  /// What errors call the other side, e.g. `/tmp/out.log`.
  virtual std::string destination() const = 0;
  /// Called between attempts to write, so that a sink can look after more than its descriptor.
  virtual void attend(node_context&) {}
  /// All lines are written, or the reader has gone: close the other side and throw if that shows a failure.
  virtual void finish(node_context&) {}
  /// Release everything; at most once, also after a failure.
  virtual void release(node_context&) noexcept {}
  /// The error for a reader that has gone; asked for once.
  virtual error closed_error();

private:
  /// Writes what is buffered. Returns false when the other side takes no more; throws when it cannot be
  /// written.
  bool write_out(node_context& context);
  [[noreturn]] void reader_has_gone(node_context& context);
  [[noreturn]] void write_has_failed(node_context& context);
  void give_up(node_context& context);

  line_writer writer_;
  /// Why nothing can be written any more.
  std::optional<error> closed_;
  bool released_ = false;
};

} // namespace sluice
