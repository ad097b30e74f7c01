#include "runtime/cli/http_client.hpp"

#include "model/base/error.hpp"
#include "runtime/cli/http_error.hpp"
#include "runtime/cli/http_session.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <exception>

namespace sluice {

namespace {

/// More than any answer of a server: what is longer would only fill the memory.
constexpr std::size_t longest_answer = std::size_t{256} << 20;
/// Of an answer that is an error, enough for its envelope.
constexpr std::size_t longest_refusal = std::size_t{1} << 20;

constexpr int most_tries = 3;
constexpr std::chrono::milliseconds first_pause{200};

bool is_success(unsigned status) noexcept {
  return status >= 200 && status < 300;
}

} // namespace

http_client::http_client(http_target target)
    : target_(std::move(target)), session_(std::make_unique<http_session>(target_)) {}

http_client::~http_client() = default;

std::string http_client::ask(const api_call& call) {
  auto pause_now = first_pause;
  for (int tries = 1;; ++tries) {
    std::string body;
    const auto end = session_->perform(call, [&body](unsigned, std::string_view bytes) {
      if (body.size() + bytes.size() > longest_answer)
        throw error("bad_answer", fmt::format("the answer is longer than {} bytes: ask for less at a time",
                                              longest_answer));
      body += bytes;
      return true;
    });
    if (end.status != 0) {
      if (is_success(end.status))
        return body;
      throw read_http_error(end.status, body, target_.url);
    }
    if (!end.worth_another || call.method != "GET" || tries == most_tries)
      throw error("unreachable", end.trouble);
    if (!pause(pause_now))
      throw error("interrupted", "the request was given up");
    pause_now *= 2;
  }
}

void http_client::stream(const api_call& call, const std::function<bool(std::string_view)>& take) {
  std::string refusal;
  const auto end = session_->perform(call, [&](unsigned status, std::string_view bytes) {
    if (is_success(status))
      return take(bytes);
    refusal += bytes.substr(0, longest_refusal - refusal.size());
    return true;
  });
  if (end.status == 0)
    throw error("unreachable", end.trouble);
  if (!is_success(end.status))
    throw read_http_error(end.status, refusal, target_.url);
}

bool http_client::pause(std::chrono::milliseconds time) {
  return session_->pause(time);
}

void http_client::interrupt() noexcept {
  session_->interrupt();
}

std::string url_encoded(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain)
      result += c;
    else
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return result;
}

} // namespace sluice
