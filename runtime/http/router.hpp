#pragma once

#include "runtime/http/http_message.hpp"

#include <map>
#include <string>

namespace sluice {

/// Finds the handler for a method and a path: 404 for an unknown path, 405 with `Allow` for an unknown
/// method. HEAD is answered by GET's handler; the session leaves the body out. Filled before use, then only
/// read.
class router {
public:
  /// `path` is matched whole.
  void add(const std::string& method, const std::string& path, http_handler handler);

  void route(const http_request& request, http_reply reply) const;

private:
  using methods = std::map<std::string, http_handler>;

  std::map<std::string, methods> paths_;
};

} // namespace sluice
