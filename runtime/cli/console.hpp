#pragma once

#include <cstddef>
#include <iosfwd>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// The stream for people, shared by log lines and a frame that is redrawn in place at its end. Any thread.
class console {
public:
  /// `err` must outlive this object.
  explicit console(std::ostream& err) : err_(err) {}
  console(const console&) = delete;
  console& operator=(const console&) = delete;

  /// Writes a line; a frame moves down.
  void write_line(std::string_view text);
  /// Replaces the frame. Each line must fit the terminal's width.
  void draw(std::vector<std::string> frame);
  /// Removes the frame.
  void clear() { draw({}); }

private:
  /// Writes `text` where the frame stands, and the frame `next` after it, in one piece.
  void replace_frame(std::string text, std::vector<std::string> next);

  std::ostream& err_;
  std::mutex mutex_;
  std::vector<std::string> frame_;
};

} // namespace sluice
