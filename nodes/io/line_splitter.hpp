#pragma once

#include "model/base/defaults.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace sluice {

/// Cuts a stream of bytes into lines without copying them. A line ends with `\n`, which is not part of it;
/// every other byte is (`\r`, NUL, invalid UTF-8). What follows the last `\n` is a line too, unless it is
/// empty.
///
/// The caller fills `space()`, says how much with `filled`, and takes lines with `next` until it answers
/// `none`. A line longer than the limit is reported once, as soon as it is known, and the rest of it is
/// skipped, so that memory stays below the limit plus one buffer. Thread: one.
class line_splitter {
public:
  /// Bytes of one buffer: large enough that a read costs little per line, small enough for the second-level
  /// cache.
  static constexpr std::size_t default_buffer = std::size_t{256} << 10;

  enum class outcome : std::uint8_t {
    line,     ///< a whole line
    too_long, ///< the first bytes of a line over the limit; the line will not come
    none,     ///< more input is needed, or it has ended
  };

  /// @param line_limit the longest line, in bytes, without its end; at least 1.
  explicit line_splitter(std::size_t line_limit = defaults::line_limit, std::size_t buffer = default_buffer);

  /// Returns where to put the next bytes, at least one. Call it only after `next` answered `none`. Ends the
  /// life of views.
  std::span<char> space();
  /// Says that the first `count` bytes of `space()` hold input.
  void filled(std::size_t count) noexcept { end_ += count; }
  /// Says that no more input comes: `next` hands out what is left.
  void finish() noexcept { finished_ = true; }
  /// Forgets everything but its buffer, ready for another stream.
  void reset() noexcept;

  /// Takes the next line, or the start of one that is too long, into `line`; good until `space()` or
  /// `reset()`.
  outcome next(std::string_view& line) noexcept {
    if (!skipping_) {
      if (const auto* found = find_end()) {
        const auto* start = buffer_.get() + begin_;
        line = {start, static_cast<std::size_t>(found - start)};
        begin_ = scanned_ = begin_ + line.size() + 1;
        ++lines_;
        return line.size() <= limit_ ? outcome::line : outcome::too_long;
      }
    }
    return next_without_end(line);
  }

  /// Lines handed out or reported so far: the number of the last one, from 1.
  std::uint64_t lines() const noexcept { return lines_; }
  /// Bytes read ahead that no line was made of yet.
  std::size_t pending() const noexcept { return end_ - begin_; }
  std::size_t limit() const noexcept { return limit_; }
  /// Bytes of memory held.
  std::size_t capacity() const noexcept { return capacity_; }

private:
  const char* find_end() noexcept {
    const auto* found =
        static_cast<const char*>(std::memchr(buffer_.get() + scanned_, '\n', end_ - scanned_));
    if (found == nullptr)
      scanned_ = end_;
    return found;
  }
  outcome next_without_end(std::string_view& line) noexcept;
  bool skip_to_end() noexcept;
  void grow();

  std::size_t limit_;
  std::size_t step_;
  std::size_t capacity_;
  std::unique_ptr<char[]> buffer_;
  /// The unread bytes are [begin_, end_); there is no line end before scanned_.
  std::size_t begin_ = 0;
  std::size_t scanned_ = 0;
  std::size_t end_ = 0;
  std::uint64_t lines_ = 0;
  bool skipping_ = false;
  bool finished_ = false;
};

} // namespace sluice
