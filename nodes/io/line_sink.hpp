#pragma once

#include "model/node/node.hpp"
#include "nodes/io/line_writer.hpp"

#include <optional>
#include <string>

namespace sluice {

/// Base of the sinks that write one line per message. It buffers, flushes after each slice of messages, holds
/// messages back while the other side takes none, and keeps what could not be written for another try.
///
/// Errors: `closed_pipe` when the reader has gone, `write_failed` otherwise: one, without a message, for each
/// attempt that failed. After one the next attempt comes a second later, and messages that the buffer has no
/// room for wait meanwhile. At the end of the input the handler tries `attempts_at_end` times, or until an
/// abort; what is left then is given up, counted and reported.
class line_sink : public node {
public:
  /// Between attempts after one that failed: time for somebody to make room on a disk.
  static constexpr std::chrono::nanoseconds retry_pause = std::chrono::seconds{1};
  /// Attempts that may fail once the input has ended: a short shortage loses nothing, and a disk that stays
  /// full does not hold the flow's end for ever.
  static constexpr unsigned attempts_at_end = 10;

  void on_message(node_context& context, std::size_t input, message& in) override;
  void on_tick(node_context& context) override;
  void on_end(node_context& context) override;
  void on_stop(node_context& context) override;

protected:
  /// @param pause between attempts; for tests.
  explicit line_sink(line_format format, std::chrono::nanoseconds pause = retry_pause)
      : writer_(format), retry_pause_(pause) {}

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
  virtual error closed_error(node_context&);

private:
  /// Writes what is buffered unless the last attempt failed a moment ago, and reports a failure. Returns the
  /// time until the next attempt, or 0 when nothing is left.
  std::chrono::nanoseconds write_out(node_context& context);
  /// Writes what is buffered, however long the other side needs. Returns false when there is no more hope.
  bool write_rest(node_context& context);
  void wait_for_retry(node_context& context);
  /// Tries once. Throws when the reader has gone.
  line_writer::result attempt(node_context& context);
  [[noreturn]] void reader_has_gone(node_context& context);
  std::string failure_text() const;
  void report(node_context& context, const std::string& consequence) const;
  void give_up(node_context& context);

  line_writer writer_;
  /// Why nothing can be written any more.
  std::optional<error> closed_;
  bool released_ = false;
  std::chrono::nanoseconds retry_pause_;
  /// Not before then, after an attempt that failed.
  std::chrono::nanoseconds retry_at_{std::chrono::nanoseconds::min()};
};

} // namespace sluice
