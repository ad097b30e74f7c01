#include "runtime/server/server_rules.hpp"

namespace sluice {

server_rules::server_rules(rule_keepers& keepers, run_runtime& runs,
                           const server_settings::rules_settings& settings, const log_sink& log)
    : use_(keepers.use_database(runs)), in_database_(settings.directory.empty() || settings.sync) {
  if (settings.sync)
    sync_.emplace(keepers.open(rule_place::directory(settings.directory)), runs, log);
  book_ = keepers.open(in_database_ ? rule_place::database() : rule_place::directory(settings.directory));
}

} // namespace sluice
