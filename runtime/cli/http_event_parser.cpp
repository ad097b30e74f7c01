#include "runtime/cli/http_event_parser.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {

void http_event_parser::feed(std::string_view bytes,
                             const std::function<void(const server_sent_event&)>& take) {
  while (!bytes.empty()) {
    if (after_cr_) {
      after_cr_ = false;
      if (bytes.front() == '\n') {
        bytes.remove_prefix(1);
        continue;
      }
    }
    const auto end = std::min(bytes.find_first_of("\r\n"), bytes.size());
    line_ += bytes.substr(0, end);
    if (line_.size() + event_.data.size() > limit)
      throw error("bad_answer", fmt::format("an event of the server is longer than {} bytes", limit));
    if (end == bytes.size())
      return;
    after_cr_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    end_line(take);
    line_.clear();
  }
}

void http_event_parser::end_line(const std::function<void(const server_sent_event&)>& take) {
  const std::string_view line = line_;
  if (line.empty()) {
    if (has_data_ || !event_.name.empty())
      take(event_);
    event_.name.clear();
    event_.data.clear();
    has_data_ = false;
    return;
  }
  const auto colon = std::min(line.find(':'), line.size());
  if (colon == 0)
    return; // a comment: the server's sign of life
  auto value = line.substr(std::min(colon + 1, line.size()));
  if (value.starts_with(' '))
    value.remove_prefix(1);
  take_field(line.substr(0, colon), value);
}

void http_event_parser::take_field(std::string_view name, std::string_view value) {
  if (name == "event") {
    event_.name = value;
  } else if (name == "data") {
    if (has_data_)
      event_.data += '\n';
    event_.data += value;
    has_data_ = true;
  } else if (name == "id" && value.find('\0') == value.npos) {
    event_.id = value;
  }
}

} // namespace sluice
