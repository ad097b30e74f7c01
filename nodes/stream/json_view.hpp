#pragma once

#include "model/message/json.hpp"
#include "model/message/message.hpp"

#include <string>

namespace sluice {

/// Returns the payload as a JSON value: json as it is (shared), text as a string, an error record as the
/// object that `append_json` shows. Bytes that are not UTF-8 become U+FFFD.
json as_json(const message& from);

/// Returns a string that is equal for two values exactly when jq's `==` holds between them: `1` and `1.0` are
/// one key, `1` and `"1"` are two, the order of an object's members does not matter.
std::string key_text(const json& value);

} // namespace sluice
