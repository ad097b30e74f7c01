#pragma once

#include "model/message/message.hpp"

#include <string>

namespace sluice {

/// The payload of an error message: what went wrong, where, and the message at fault.
struct error_record {
  /// A stable code, e.g. `bad_json` or `handler_error`.
  std::string code;
  /// One sentence for a person.
  std::string text;
  /// The id of the node that failed.
  std::string node;
  /// The message at fault; its payload is empty when the handler had already consumed it.
  message original;
};

/// Ports of it are shown as `error`.
template <>
struct payload_name<error_record> {
  /// The name.
  static std::string_view get() noexcept { return "error"; }
};

} // namespace sluice
