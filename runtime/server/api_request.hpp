#pragma once

#include "model/base/utc_time.hpp"
#include "model/base/uuid.hpp"
#include "model/message/json.hpp"
#include "runtime/http/http_message.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Most parameters of a query: no endpoint has as many, and each is compared with those before it.
inline constexpr std::size_t query_member_limit = 64;

/// The query of a request (`a=1&b=x`), decoded. Names that the endpoint does not know, names given twice,
/// values that cannot be read and more than `query_member_limit` parameters are `error("bad_query")`, which
/// becomes 400 and names them.
class query_reader {
public:
  explicit query_reader(std::string_view query);

  std::optional<std::string> text(std::string_view name);
  std::optional<std::uint64_t> count(std::string_view name, std::uint64_t least, std::uint64_t most);
  std::optional<uuid> id(std::string_view name);
  std::optional<utc_time> time(std::string_view name);
  std::optional<bool> boolean(std::string_view name);
  /// Throws for names that nobody asked for, with the nearest that was.
  void refuse_unknown() const;

private:
  const std::string* take(std::string_view name);

  std::vector<std::pair<std::string, std::string>> members_;
  std::vector<std::string> asked_;
};

/// Returns the body as JSON: 415 unless `Content-Type` is application/json, 400 `bad_json` with the place of
/// the mistake, also when it is deeper than 64 or not an object. Thrown as `error`.
json require_json(const http_request& request);

/// Returns the id in the path; throws `error("bad_id")` (400) for what is none.
uuid require_id(const http_request& request, std::string_view name);

} // namespace sluice
