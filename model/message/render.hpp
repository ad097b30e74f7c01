#pragma once

#include "model/message/message.hpp"

#include <string>

namespace sluice {

/// Appends a person's or a pipe's view of the payload to `out`, without a line end: the bytes of text and
/// bytes, compact JSON for json, `{"error": {"code", "message", "node", "trace_id"}, "original": …}` for an
/// error record, numbers and booleans as such. A C++ type without a text form becomes `<type name>`.
void append_text(std::string& out, const message& from);

/// Appends the payload as one JSON value: text is a JSON string (bytes that are not UTF-8 become U+FFFD).
void append_json(std::string& out, const message& from);

} // namespace sluice
