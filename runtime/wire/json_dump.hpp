#pragma once

#include "model/base/utc_time.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>

namespace sluice {

/// Returns `value` on one line. Bytes that are no UTF-8 become U+FFFD.
std::string dump(const nlohmann::ordered_json& value);

/// Returns the moment as text, or null when there is none.
nlohmann::ordered_json time_or_null(const std::optional<utc_time>& moment);

} // namespace sluice
