#pragma once

#include <optional>
#include <string>

namespace sluice {

/// `sluice serve`.
struct serve_arguments {
  /// None: the defaults, and SLUICE_* variables.
  std::optional<std::string> config;
};

} // namespace sluice
