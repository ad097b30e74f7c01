#include "runtime/config/server_settings_change.hpp"

#include "runtime/config/server_setting.hpp"

#include <fmt/format.h>

#include <cstddef>

namespace sluice {

settings_change compare_settings(const server_settings& running, const server_settings& fresh) {
  settings_change change{{}, {}, running};
  for (const auto& setting : server_setting_table()) {
    if (same_value(setting, running, fresh))
      continue;
    (setting.is_live ? change.live : change.refused).emplace_back(setting.name);
    if (setting.is_live)
      copy_value(setting, fresh, change.merged);
  }
  return change;
}

std::string describe_refused(const settings_change& change) {
  const auto& names = change.refused;
  if (names.empty())
    return {};
  std::string list = names.front();
  for (std::size_t i = 1; i < names.size(); ++i)
    list += (i + 1 == names.size() ? " and " : ", ") + names[i];
  return fmt::format("{} cannot change while the server runs; start it anew", list);
}

} // namespace sluice
