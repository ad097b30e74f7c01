#include "runtime/config/server_environment.hpp"

#include "runtime/config/server_setting.hpp"

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

namespace sluice {

namespace {

constexpr std::string_view others[] = {"SLUICE_DB",       "SLUICE_URL",           "SLUICE_TOKEN",
                                       "SLUICE_CA_FILE",  "SLUICE_TOKEN_FILE",    "SLUICE_RUN_ID",
                                       "SLUICE_STEP",     "SLUICE_ATTEMPT",       "SLUICE_IDEMPOTENCY_TOKEN",
                                       "SLUICE_SEED",     "SLUICE_FENCING_TOKEN", "SLUICE_FAULT",
                                       "SLUICE_FAULT_LOG"};

/// unsetenv alone would leave the text in the memory that the kernel shows as /proc/PID/environ, which every
/// process of the same user can read. A name may be there twice.
void remove_variable(const std::string& name) {
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry)
    if (std::strncmp(*entry, name.c_str(), name.size()) == 0 && (*entry)[name.size()] == '=')
      explicit_bzero(*entry + name.size() + 1, std::strlen(*entry + name.size() + 1));
  (void)::unsetenv(name.c_str());
}

} // namespace

environment_map read_environment(const char* const* block) {
  environment_map result;
  for (; block != nullptr && *block != nullptr; ++block) {
    const std::string_view text = *block;
    const auto equals = text.find('=');
    if (equals != std::string_view::npos)
      result.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return result;
}

environment_map take_environment() {
  auto result = read_environment(environ);
  for (const auto& name : secret_variables())
    remove_variable(name);
  return result;
}

std::vector<std::string> secret_variables() {
  std::vector<std::string> names;
  for (const auto& setting : server_setting_table())
    if (setting.is_secret)
      names.push_back(variable_of(setting));
  return names;
}

std::span<const std::string_view> other_variables() noexcept {
  return others;
}

} // namespace sluice
