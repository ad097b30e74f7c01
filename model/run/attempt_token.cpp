#include "model/run/attempt_token.hpp"

#include "model/base/name.hpp"

#include <fmt/format.h>

#include <charconv>

namespace sluice {

namespace {

/// Reads the whole of `text` as a number without sign or leading zeros.
template <class Number>
bool read_number(std::string_view text, Number& out) noexcept {
  if (text.empty() || (text.front() == '0' && text.size() > 1))
    return false;
  const auto [stopped, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
  return failure == std::errc{} && stopped == text.data() + text.size();
}

} // namespace

std::string idempotency_token(const attempt_token& token) {
  return fmt::format("{}/{}/{}", to_string(token.run), token.step, token.attempt);
}

std::string to_string(const attempt_token& token) {
  return fmt::format("{}#{}", idempotency_token(token), token.fence);
}

std::optional<attempt_token> parse_attempt_token(std::string_view text) {
  const auto first = text.find('/');
  const auto second = text.find('/', first == text.npos ? first : first + 1);
  const auto hash = text.find('#', second == text.npos ? second : second + 1);
  if (hash == text.npos)
    return std::nullopt;
  const auto run = parse_uuid(text.substr(0, first));
  attempt_token token;
  token.step = text.substr(first + 1, second - first - 1);
  if (!run || !is_valid_name(token.step) ||
      !read_number(text.substr(second + 1, hash - second - 1), token.attempt) ||
      !read_number(text.substr(hash + 1), token.fence))
    return std::nullopt;
  token.run = *run;
  return to_string(token) == text ? std::optional(token) : std::nullopt;
}

} // namespace sluice
