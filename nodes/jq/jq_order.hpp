#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string_view>

namespace sluice::detail {

/// Returns a number below, equal to or above 0 as `a` comes before, with or after `b` in jq's total order:
/// null, false, true, numbers (as doubles), strings (by byte), arrays (item by item), objects (their sorted
/// names, then their values).
int jq_compare(const nlohmann::ordered_json& a, const nlohmann::ordered_json& b);

/// Returns what jq's messages call the kind of `value`: `null`, `boolean`, `number`, …
std::string_view jq_kind_name(const nlohmann::ordered_json& value) noexcept;

/// Returns true unless `value` is null or false.
bool jq_is_true(const nlohmann::ordered_json& value) noexcept;

} // namespace sluice::detail
