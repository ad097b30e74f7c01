#pragma once

#include "runtime/http/caller.hpp"
#include "runtime/http/http_message.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace sluice {

/// Where a handler is called.
enum class endpoint_pace : std::uint8_t {
  network, ///< on the network thread, unless the body is large: it must not wait, nor take more than some
           ///< microseconds
  working, ///< on the server's working thread, one at a time: checks of what may be large
};

/// One operation of the API. Its description for people and programs is in docs/openapi.json, under the same
/// method and pattern.
struct api_endpoint {
  std::string method;
  /// E.g. `/api/v1/runs/{run}`.
  std::string pattern;
  /// What a caller needs; `none`: open to everybody who may connect.
  access_role needs = access_role::admin;
  /// Called with an admitted request. What it throws before it has replied becomes an error response
  /// (`error_answer`).
  http_handler handler;
  endpoint_pace pace = endpoint_pace::network;
};

using endpoints = std::vector<api_endpoint>;

} // namespace sluice
