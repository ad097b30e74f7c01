#pragma once

#include "model/base/error.hpp"
#include "model/config/finding.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace sluice {

/// A server's refusal: its code and message, the status it came with, and the findings, if there are any.
class http_error : public error {
public:
  http_error(unsigned status, std::string code, const std::string& text, findings found = {})
      : error(std::move(code), text), status_(status), found_(std::move(found)) {}

  unsigned status() const noexcept { return status_; }
  const findings& found() const noexcept { return found_; }

private:
  unsigned status_;
  findings found_;
};

/// Returns what a server at `url` said with a status that is no success: its error envelope, or, from
/// whatever else stands there, the code `http_status` and the beginning of its words.
http_error read_http_error(unsigned status, std::string_view body, const std::string& url);

/// Returns the exit status for an error of a client: 69 unreachable, 77 not authorised, 78 findings, else 1.
int client_exit_status(const error& failed) noexcept;

} // namespace sluice
