#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace sluice {

enum class config_action : std::uint8_t { show, validate };

/// `sluice config …`: the configuration of `sluice serve`.
struct config_arguments {
  config_action action = config_action::show;
  /// None: the defaults, and SLUICE_* variables.
  std::optional<std::string> file = {};
  bool json = false;
};

} // namespace sluice
