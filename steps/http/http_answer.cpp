#include "steps/http/http_answer.hpp"

#include "model/message/utf8.hpp"

#include <algorithm>

namespace sluice {

namespace {

/// More of a header is left out.
constexpr std::size_t header_limit = std::size_t{32} << 10;

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view blank = " \t\r\n";
  const auto first = std::min(text.find_first_not_of(blank), text.size());
  text.remove_prefix(first);
  return text.substr(0, text.find_last_not_of(blank) + 1);
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (auto& c : result)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return result;
}

} // namespace

void http_answer::take_header(std::string_view line) {
  if (line.substr(0, 5) == "HTTP/") {
    headers_.clear();
    header_bytes_ = 0;
    body_ = captured_text(limit_);
    return;
  }
  const auto colon = line.find(':');
  if (colon == line.npos)
    return;
  header_bytes_ += line.size();
  if (header_bytes_ > header_limit)
    return;
  auto name = replace_invalid_utf8(lower_case(trimmed(line.substr(0, colon))));
  auto value = replace_invalid_utf8(trimmed(line.substr(colon + 1)));
  const auto same = std::find_if(headers_.begin(), headers_.end(),
                                 [&](const auto& header) { return header.first == name; });
  if (same == headers_.end())
    headers_.emplace_back(std::move(name), std::move(value));
  else
    same->second += ", " + value;
}

bool http_answer::take_body(std::string_view bytes) {
  body_.append(bytes);
  return !body_.truncated(limit_);
}

std::string_view http_answer::header(std::string_view name) const noexcept {
  const auto found = std::find_if(headers_.begin(), headers_.end(),
                                  [&](const auto& header) { return header.first == name; });
  return found == headers_.end() ? std::string_view{} : std::string_view(found->second);
}

} // namespace sluice
