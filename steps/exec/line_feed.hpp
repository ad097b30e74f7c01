#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace sluice {

/// Takes a stream apart into lines, in UTF-8 (other bytes become U+FFFD), and remembers the last that was not
/// blank. Lines of more than 4 KiB are cut.
class line_feed {
public:
  /// `sink`: hears of each line, without its line end; may be empty.
  explicit line_feed(std::function<void(std::string_view line)> sink) : sink_(std::move(sink)) {}

  void append(std::string_view bytes);
  /// The stream has ended: what is left is a line.
  void finish();
  const std::string& last_line() const noexcept { return last_; }

private:
  void end_line();

  std::function<void(std::string_view line)> sink_;
  std::string line_;
  bool cut_ = false;
  std::string last_;
};

} // namespace sluice
