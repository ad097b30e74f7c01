#include "runtime/wire/json_dump.hpp"

#include <nlohmann/json.hpp>

namespace sluice {

std::string dump(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

nlohmann::ordered_json time_or_null(const std::optional<utc_time>& moment) {
  return moment ? nlohmann::ordered_json(to_string(*moment)) : nlohmann::ordered_json();
}

} // namespace sluice
