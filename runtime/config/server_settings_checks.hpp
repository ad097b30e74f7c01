#pragma once

#include "runtime/config/server_settings_reader.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace sluice {

/// Returns the secret in a file, or throws `error`.
using secret_reader = std::function<std::string(const std::filesystem::path& file)>;

/// Reads the secrets whose settings name a file. The environment goes before the configuration file; both a
/// secret and a file for it in one of them is a finding. Of a pair only what counts is left: a secret that
/// was given as text leaves its file empty.
void read_secrets(const secret_reader& read, settings_draft& draft);

/// Adds what is wrong with settings that are right one by one, and warnings for those that do nothing.
void check_server_settings(settings_draft& draft);

} // namespace sluice
