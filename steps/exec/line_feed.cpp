#include "steps/exec/line_feed.hpp"

#include "model/message/utf8.hpp"

#include <algorithm>

namespace sluice {

namespace {

constexpr std::size_t longest_line = 4096;

} // namespace

void line_feed::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto piece = bytes.substr(0, end);
    const auto room = longest_line - line_.size();
    cut_ = cut_ || piece.size() > room;
    line_.append(piece.substr(0, room));
    if (end == bytes.npos)
      return;
    end_line();
    bytes.remove_prefix(end + 1);
  }
}

void line_feed::finish() {
  if (!line_.empty())
    end_line();
}

void line_feed::end_line() {
  if (!line_.empty() && line_.back() == '\r')
    line_.pop_back();
  auto text = replace_invalid_utf8(line_);
  if (cut_)
    text += "…";
  if (sink_)
    sink_(text);
  if (text.find_first_not_of(" \t") != text.npos)
    last_ = std::move(text);
  line_.clear();
  cut_ = false;
}

} // namespace sluice
