#pragma once

#include "model/config/config_value.hpp"
#include "model/message/json.hpp"

namespace sluice {

/// Returns `value` as JSON by the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema):
/// unquoted null, booleans, integers (also 0o17 and 0x1F) and floats get their type, all other scalars are
/// strings. Integers beyond 64 bits become floats. Throws `error("bad_value")` for what JSON does not have
/// (.inf, .nan, floats beyond double) and for nesting deeper than `defaults::json_depth`.
json json_of(const config_value& value);

} // namespace sluice
