#pragma once

#include "model/config/finding.hpp"
#include "model/message/json.hpp"
#include "steps/step_params.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

/// Kept of an answer's body unless told otherwise, and at most, in bytes.
inline constexpr std::size_t http_output_default = std::size_t{64} << 10;
inline constexpr std::size_t http_output_limit = std::size_t{1} << 20;
/// Time a request gets in all unless told otherwise.
inline constexpr std::chrono::milliseconds http_timeout_default{30'000};

/// Statuses from `first` to `last`.
struct http_status_range {
  int first = 200;
  int last = 299;
};

/// What a step of kind `http` sends, and what it expects.
struct http_params {
  std::string url = {};
  std::string method = "GET";
  /// In their order; names as they were written.
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::optional<std::string> body = {};
  /// What `body` is, unless the headers say it: empty without a body.
  std::string content_type = {};
  std::vector<http_status_range> expect = {{200, 299}};
  std::chrono::milliseconds timeout = http_timeout_default;
  bool follow_redirects = false;
  std::size_t output_limit = http_output_default;
  /// Empty: none.
  std::string proxy = {};
};

/// Reads params and reports what does not fit.
http_params read_http_params(const json& params, const std::string& path, detail::references stage,
                             findings& out);

/// Returns true when the status is one of those that are expected.
bool expects(const http_params& params, int status) noexcept;

/// True when `a` and `b` name the same header: case does not count.
bool is_same_header(std::string_view a, std::string_view b) noexcept;

} // namespace sluice
