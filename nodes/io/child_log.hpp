#pragma once

#include "model/node/node_context.hpp"
#include "nodes/io/child_process.hpp"
#include "nodes/io/line_splitter.hpp"

#include <deque>
#include <string>

namespace sluice {

/// Logs the lines that a child writes to stderr as warnings, the event `command_stderr`: that is where a
/// command says what troubles it. Keeps the last of them for the error that reports its end. Thread: one.
class child_log {
public:
  /// Longest line that is logged whole, in bytes.
  static constexpr std::size_t line_limit = 4096;
  /// Most lines, and bytes of them, that `finish` returns.
  static constexpr std::size_t kept_lines = 3;
  static constexpr std::size_t kept_bytes = 400;

  /// Logs what is there now, and closes the pipe at its end.
  void drain(child_process& child, node_context& context);
  /// Logs a last line without line end, and is ready for another child. Returns the last lines, ready to
  /// follow "the command … exited with status 1" in an error; empty when there were none.
  std::string finish(node_context& context);

private:
  void log_lines(node_context& context);
  void keep(std::string_view line);

  line_splitter lines_{line_limit, 2 * line_limit};
  /// The last lines, oldest first.
  std::deque<std::string> kept_;
};

} // namespace sluice
