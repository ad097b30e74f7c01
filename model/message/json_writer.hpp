#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace sluice::detail {

/// Each appends one JSON value to `out`, compact.

/// Infinite and undefined numbers become null.
void write_json(std::string& out, const nlohmann::ordered_json& value);
/// A string in quotes; bytes that are not UTF-8 become U+FFFD.
void write_json_string(std::string& out, std::string_view value);
/// The shortest form that reads back as the same double, with a point or an exponent, so that it stays one.
void write_json_number(std::string& out, double value);

} // namespace sluice::detail
