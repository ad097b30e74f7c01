#include "runtime/cli/console.hpp"

#include <fmt/format.h>

#include <ostream>
#include <utility>

namespace sluice {

void console::write_line(std::string_view text) {
  const std::lock_guard lock(mutex_);
  replace_frame(std::string(text) + '\n', frame_);
}

void console::draw(std::vector<std::string> frame) {
  const std::lock_guard lock(mutex_);
  replace_frame({}, std::move(frame));
}

void console::replace_frame(std::string text, std::vector<std::string> next) {
  std::string all;
  if (!frame_.empty())
    all = fmt::format("\x1b[{}A\r\x1b[J", frame_.size()); // up to its first line, then clear to the end
  all += text;
  for (const auto& line : next)
    all += line + '\n';
  frame_ = std::move(next);
  err_ << all;
  err_.flush();
}

} // namespace sluice
