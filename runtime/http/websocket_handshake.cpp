#include "runtime/http/websocket_handshake.hpp"

#include "runtime/http/error_envelope.hpp"

#include <algorithm>
#include <string_view>

namespace sluice {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

/// True when one of the comma-separated words of the fields called `name` is `word`, in any case.
bool lists(const http_request& request, std::string_view name, std::string_view word) {
  for (const auto& value : request.values(name))
    for (std::string_view rest = value; !rest.empty();) {
      const auto end = std::min(rest.find(','), rest.size());
      const auto one = trimmed(rest.substr(0, end));
      if (std::equal(one.begin(), one.end(), word.begin(), word.end(),
                     [](char a, char b) { return lower(a) == b; }))
        return true;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  return false;
}

/// True for the base64 of 16 bytes.
bool is_key(std::string_view text) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return text.size() == 24 && text.ends_with("==") &&
         text.substr(0, 22).find_first_not_of(digits) == std::string_view::npos;
}

} // namespace

bool asks_for_websocket(const http_request& request) {
  if (request.method != "GET" || request.http_1_0 || !request.body.empty() ||
      !lists(request, "Connection", "upgrade") || !lists(request, "Upgrade", "websocket"))
    return false;
  const auto versions = request.values("Sec-WebSocket-Version");
  const auto keys = request.values("Sec-WebSocket-Key");
  return versions.size() == 1 && versions.front() == "13" && keys.size() == 1 && is_key(keys.front());
}

http_response websocket_required() {
  auto answer = error_response(426, "websocket_required",
                               "this path speaks WebSocket, version 13, and this request does not ask for it "
                               "in order; without WebSocket, use the server-sent events beside it");
  answer.fields.emplace_back("Upgrade", "websocket");
  answer.fields.emplace_back("Sec-WebSocket-Version", "13");
  return answer;
}

} // namespace sluice
