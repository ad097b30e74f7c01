#pragma once

#include "model/config/finding.hpp"
#include "runtime/config/server_environment.hpp"
#include "runtime/config/server_settings.hpp"
#include "runtime/config/server_settings_checks.hpp"
#include "runtime/config/server_settings_reader.hpp"

#include <optional>
#include <string>

namespace sluice {

/// What a server's settings are made of.
struct server_settings_input {
  /// The configuration file's name, as findings show it; empty: there is none.
  std::string file = {};
  /// YAML.
  std::string text = {};
  /// For `${NAME}` in the file, and for the variables that override it.
  environment_map environment = {};
  secret_reader read_secret = {};
};

/// A server's settings, where each comes from, and everything that is wrong with them.
struct loaded_server_settings {
  /// Empty: there is none.
  std::string file;
  /// Complete, also when there are findings: what was wrong has its default.
  server_settings settings;
  setting_origins origins;
  /// Those of the file in its order, then those of the environment. Errors forbid serving.
  findings found;

  /// Returns a finding about a setting with the place where that was given: its position in the file, or its
  /// variable as the path. Others as they are.
  finding located(finding one) const;
  /// Returns `FILE:LINE:COLUMN: error: PATH: TEXT [CODE]` for what was located; `environment` in the file's
  /// place for a variable.
  std::string show(const finding& one) const;
};

/// Puts settings together: defaults, the file over them, the environment over that. Never throws for what is
/// in any of them.
loaded_server_settings load_server_settings(const server_settings_input& input);

/// The same for a file on disk and secrets on disk; a file that cannot be read is a finding, too.
/// @param environment as it was before secrets were taken out (`take_environment`); keep it to load again.
loaded_server_settings load_server_settings(const std::optional<std::string>& file,
                                            const environment_map& environment);

} // namespace sluice
