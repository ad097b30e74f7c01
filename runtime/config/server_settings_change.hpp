#pragma once

#include "runtime/config/server_settings.hpp"

#include <string>
#include <vector>

namespace sluice {

/// What a fresh load of the settings comes to in a server that runs.
struct settings_change {
  /// Names of settings that differ: those that may change now, and those that a new start takes.
  std::vector<std::string> live;
  std::vector<std::string> refused;
  /// What is to be in force: as it runs, with the live ones taken from the fresh settings.
  server_settings merged;
};

/// Compares what runs with what was just loaded, for SIGHUP. The content of files (certificates, key sets) is
/// not looked at: it may have changed without a difference here, so read it anew in any case.
settings_change compare_settings(const server_settings& running, const server_settings& fresh);

/// Returns one sentence for people that names the settings, e.g. `http.listen and store.database cannot
/// change while the server runs; start it anew`. Empty when none was refused.
std::string describe_refused(const settings_change& change);

} // namespace sluice
