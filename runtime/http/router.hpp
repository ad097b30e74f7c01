#pragma once

#include "runtime/http/http_message.hpp"

#include <memory>
#include <string>

namespace sluice {

/// Finds the handler for a method and a path. A path is matched segment by segment: `{name}` in a pattern
/// takes any one segment that is not empty and goes, percent-decoded, into `http_request::path_values`; a
/// literal goes before a `{name}` where it takes the method: what `{name}` stands for may be called like it.
/// 404 for an unknown path (a slash too many included), 400 for an escape that is none, 405 with `Allow` for
/// an unknown method. HEAD is answered by GET's handler; the session leaves the body out. Filled before use,
/// then only read.
class router {
public:
  router();
  ~router();
  router(router&&) noexcept;
  router& operator=(router&&) noexcept;

  /// Throws `internal_error` for a method and pattern that is there already, whatever its names.
  /// @param pattern e.g. `/api/v1/runs/{run}/events`.
  void add(const std::string& method, const std::string& pattern, http_handler handler);

  void route(const http_request& request, http_reply reply) const;

private:
  struct place;
  std::unique_ptr<place> root_;
};

} // namespace sluice
