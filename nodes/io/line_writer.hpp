#pragma once

#include "model/message/message.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// How a sink writes a message.
enum class line_format : std::uint8_t {
  text, ///< see `append_text`
  json, ///< see `append_json`
};

/// Collects lines and writes them to a file descriptor, which it does not own. Nothing is written twice or
/// left out: what a failed or partial write leaves behind stays here for the next `flush`. Thread: one.
class line_writer {
public:
  /// Bytes kept before `is_full`: a pipe's usual size.
  static constexpr std::size_t capacity = std::size_t{64} << 10;

  enum class result : std::uint8_t {
    written, ///< all of it
    waiting, ///< the other side takes no more at present
    closed,  ///< nobody reads the pipe any more
    failed,  ///< see `error_number`
  };

  explicit line_writer(line_format format) : format_(format) {}

  /// Chooses where `flush` writes.
  void attach(int descriptor);

  /// Adds `from` and a line end.
  void append(const message& from);
  /// Writes what is here; waits at most `milliseconds` each time the other side takes no more.
  result flush(int milliseconds);
  /// Forgets what is here and returns how many messages that were, one that was written in part included.
  std::size_t give_up() noexcept;

  bool is_empty() const noexcept { return offset_ == buffer_.size(); }
  bool is_full() const noexcept { return buffer_.size() - offset_ >= capacity; }
  /// Messages that are here, wholly or in part.
  std::size_t messages() const noexcept { return ends_.size(); }
  /// The error number of the last `failed`.
  int error_number() const noexcept { return error_number_; }

private:
  result write_some(int milliseconds);
  void forget_written();

  line_format format_;
  int descriptor_ = -1;
  /// Most bytes per write that cannot block once the descriptor is writable.
  std::size_t largest_write_ = 0;
  bool regular_file_ = false;
  std::string buffer_;
  /// Bytes of `buffer_` that were written.
  std::size_t offset_ = 0;
  /// Where in `buffer_` each message ends.
  std::vector<std::size_t> ends_;
  int error_number_ = 0;
};

} // namespace sluice
