#pragma once

#include "runtime/http/http_message.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

/// Names requests. Not for several threads.
class request_ids {
public:
  /// @param origin tells this server from others and from itself before a restart: a random number.
  explicit request_ids(std::uint64_t origin) : origin_(origin) {}

  /// Returns what the client calls the request (`X-Request-Id`) if that is acceptable, else a name of ours:
  /// the origin and a number that grows.
  std::string name(const http_request& request);
  std::string next();

private:
  std::uint64_t origin_;
  std::uint64_t count_ = 0;
};

/// True for 1 to 64 of the characters `A–Z a–z 0–9 . _ -`: safe in logs, fields and URLs.
bool is_request_id(std::string_view text);

} // namespace sluice
