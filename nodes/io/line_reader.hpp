#pragma once

#include "model/node/node_context.hpp"
#include "nodes/io/line_splitter.hpp"

#include <chrono>
#include <string>

namespace sluice {

/// Reads lines from a file descriptor and emits them as text: what `stdin`, `file` and `exec` share. Thread:
/// one.
class line_reader {
public:
  enum class input : std::uint8_t {
    data, ///< some bytes were read
    idle, ///< nothing there at present
    end,  ///< the end of the file, or all writers have gone
  };

  /// @param origin what errors call the input, e.g. `/var/log/syslog`.
  line_reader(std::string origin, std::size_t line_limit);

  /// Emits at most `room` lines that were read already, by output 0; a line over the limit is reported as a
  /// failure and counts too. Returns how many.
  std::size_t emit_lines(node_context& context, std::size_t room);

  /// Waits at most `wait` for input and reads once. Call it only after `emit_lines` returned less than its
  /// room. Throws `error("read_failed")`.
  input read(int descriptor, std::chrono::milliseconds wait);

  /// Says that this stream has ended: a last line without line end comes out as a line.
  void finish() noexcept { splitter_.finish(); }
  /// Starts another stream.
  void reset() noexcept { splitter_.reset(); }
  /// Bytes read ahead that were not emitted.
  std::size_t pending() const noexcept { return splitter_.pending(); }

private:
  void report_too_long(node_context& context, std::string_view start) const;

  std::string origin_;
  line_splitter splitter_;
};

} // namespace sluice
