#pragma once

#include "model/config/config_value.hpp"
#include "model/config/finding.hpp"
#include "runtime/config/server_environment.hpp"
#include "runtime/config/server_settings.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace sluice {

/// Where the value of a setting was found.
struct setting_origin {
  enum class layer : std::uint8_t { file, environment };

  layer from = layer::file;
  /// The variable; empty for the file.
  std::string variable = {};
  /// In the file.
  source_position position = {};
};

/// By a setting's name; one that is not there has its default.
using setting_origins = std::map<std::string, setting_origin, std::less<>>;

/// Settings while they are put together from their layers.
struct settings_draft {
  server_settings settings;
  setting_origins origins;
  findings found;

  /// Returns where the setting was given; nullptr: nowhere, it has its default.
  const setting_origin* origin_of(std::string_view name) const {
    const auto given = origins.find(name);
    return given == origins.end() ? nullptr : &given->second;
  }
  /// Adds a finding about a setting, at the place where it was given.
  void report(std::string_view name, std::string text, finding::level severity = finding::level::error);
};

/// Reads the tree of a configuration file into `out`. Whatever does not fit is a finding with path and
/// position; such a setting keeps its value.
void read_server_settings(const config_value& root, settings_draft& out);

/// Puts the variables of the SLUICE_ family over what is there. An empty variable says nothing. A finding's
/// path is the variable; a name of the family that nobody knows is a warning with the nearest that somebody
/// does.
void override_server_settings(const environment_map& variables, settings_draft& out);

} // namespace sluice
