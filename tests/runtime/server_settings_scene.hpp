#pragma once

#include "model/base/error.hpp"
#include "runtime/config/server_settings_loader.hpp"

#include <map>
#include <string>

namespace sluice {

/// Secrets of tests, fit in length.
inline const std::string admin_token = "admin-token-0123456789";
inline const std::string read_token = "read-token-0123456789";
inline const std::string signing_secret = "a signing secret of 32 bytes, or more";

/// Loads settings from a text, with an environment and files of secrets that are only there in memory.
inline loaded_server_settings load_settings(const std::string& text, const environment_map& environment = {},
                                            const std::map<std::string, std::string>& files = {}) {
  return load_server_settings({"server.yaml", text, environment, [files](const std::filesystem::path& path) {
                                 const auto found = files.find(path.native());
                                 if (found == files.end())
                                   throw error("bad_secret_file",
                                               "cannot take '" + path.native() + "': it is not there");
                                 return found->second;
                               }});
}

/// Returns the findings as lines.
inline std::string shown(const loaded_server_settings& loaded) {
  std::string lines;
  for (const auto& one : loaded.found)
    lines += loaded.show(one) + "\n";
  return lines;
}

} // namespace sluice
