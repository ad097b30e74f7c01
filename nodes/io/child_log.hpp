#pragma once

#include "model/node/node_context.hpp"
#include "nodes/io/child_process.hpp"
#include "nodes/io/line_splitter.hpp"

namespace sluice {

/// Logs the lines that a child writes to stderr, as the event `command_stderr`. Thread: one.
class child_log {
public:
  /// Longest line that is logged whole, in bytes.
  static constexpr std::size_t line_limit = 4096;

  /// Logs what is there now, and closes the pipe at its end.
  void drain(child_process& child, node_context& context);
  /// Logs a last line without line end, and is ready for another child.
  void finish(node_context& context);

private:
  void log_lines(node_context& context);

  line_splitter lines_{line_limit, 2 * line_limit};
};

} // namespace sluice
