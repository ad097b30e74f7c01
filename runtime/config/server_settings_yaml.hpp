#pragma once

#include "model/config/config_value.hpp"
#include "runtime/config/server_setting.hpp"
#include "runtime/config/server_settings_loader.hpp"

#include <string>

namespace sluice {

/// Returns a configuration file that says what `loaded` came to: each setting with its meaning, what it takes
/// and where its value is from. Secrets are comments with `********` in their place, so that the text is a
/// valid configuration and nobody mistakes asterisks for a token.
std::string server_settings_yaml(const loaded_server_settings& loaded);

/// Returns where the value of a setting is from: `default`, `server.yaml:7`, `SLUICE_HTTP_LISTEN`.
std::string describe_origin(const server_setting& setting, const loaded_server_settings& loaded);

/// What is shown of a secret that is set.
inline constexpr const char* hidden_secret = "********";

/// Returns `value` as YAML on one line; text is quoted.
std::string inline_yaml(const config_value& value);

} // namespace sluice
