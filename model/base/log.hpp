#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace sluice {

/// How much a log line matters; `debug` least.
enum class log_level : std::uint8_t { debug, info, warning, error };

/// Receives log lines: `event` is a stable name, `text` is for people. Called from any thread; must not
/// throw.
using log_sink = std::function<void(log_level level, std::string_view event, std::string_view text)>;

} // namespace sluice
