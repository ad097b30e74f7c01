#pragma once

#include "steps/captured_text.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

/// What has come back from a server: the last response, of those that redirects led through.
class http_answer {
public:
  /// Keeps at most `limit` bytes of the body.
  explicit http_answer(std::size_t limit) : limit_(limit), body_(limit) {}

  /// Takes a line of the header, the status line and the empty one at its end included.
  void take_header(std::string_view line);
  /// Takes a piece of the body; returns false when there is no room for all of it.
  bool take_body(std::string_view bytes);

  /// Names in lower case, in the order of their first occurrence; values of the same name joined by ", ".
  const std::vector<std::pair<std::string, std::string>>& headers() const noexcept { return headers_; }
  /// Returns the value, or "".
  std::string_view header(std::string_view name) const noexcept;
  const captured_text& body() const noexcept { return body_; }

private:
  std::size_t limit_;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::size_t header_bytes_ = 0;
  captured_text body_;
};

} // namespace sluice
