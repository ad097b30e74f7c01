#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice {

/// The beginning of what came through a stream.
class captured_text {
public:
  /// Keeps at most `limit` bytes.
  explicit captured_text(std::size_t limit) : limit_(limit) {}

  void append(std::string_view bytes);
  /// Returns the first `limit` bytes of what is kept as UTF-8: no character is cut in two, bytes that are
  /// none became U+FFFD.
  std::string text(std::size_t limit) const;
  /// True when there was more than `limit` bytes, or than is kept.
  bool truncated(std::size_t limit) const noexcept { return dropped_ || bytes_.size() > limit; }

private:
  std::size_t limit_;
  std::string bytes_;
  bool dropped_ = false;
};

} // namespace sluice
