#pragma once

#include "runtime/http/http_message.hpp"

#include <string_view>

namespace sluice {

/// Returns `{"error": {"code", "message", "detail"}}` with `status`; an empty `detail` is null.
/// @param code lower-case words joined by underscores; documented and stable.
http_response error_response(unsigned status, std::string_view code, std::string_view message,
                             std::string_view detail = {});

} // namespace sluice
