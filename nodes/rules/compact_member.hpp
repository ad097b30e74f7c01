#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::detail {

/// Where a member stands in the compact text of an object: `begin` is its name's first quote, `value` its
/// value's first byte and `end` the byte behind that.
struct compact_member {
  std::size_t begin = 0;
  std::size_t value = 0;
  std::size_t end = 0;
};

/// Returns where the object's own member `name` is. `object` is compact JSON, as `json::dump` gives it, and
/// has that member; otherwise throws `internal_error`.
compact_member find_compact_member(std::string_view object, std::string_view name);

/// Returns the object without a member, and without the comma that this leaves over. All other bytes are as
/// they were: digits that no number of ours can hold are still there.
std::string without_member(std::string_view object, const compact_member& which);

} // namespace sluice::detail
