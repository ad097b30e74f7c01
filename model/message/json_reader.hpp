#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::detail {

/// What to keep of a source beside its document, so that writing it costs nothing and no digits are lost.
enum class kept_form : std::uint8_t {
  none,      ///< the writer does it
  source,    ///< the source: the writer would give the same, but for whole numbers beyond 64 bits
  compacted, ///< the source without the space between its tokens: it has whole numbers beyond 64 bits
};

/// Returns the JSON document (RFC 8259) in `source`. Our own reader instead of nlohmann's because it is
/// several times as fast, does not take quadratic time for objects with many members, and bounds nesting
/// before it recurses.
///
/// Of members with one name the last wins, at the first one's place. Integers within 64 bits are exact,
/// others become doubles. Strings must be UTF-8. Throws `error("bad_json")` with the byte offset, counted
/// from 0.
nlohmann::ordered_json read_json(std::string_view source, kept_form& keep);

/// Returns a document that `read_json` took, without byte order mark and without the space between its
/// tokens.
std::string compact_json(std::string_view source);

} // namespace sluice::detail
