#include "runtime/server/server_rules.hpp"

#include "model/base/error.hpp"

#include <utility>

namespace sluice {

server_rules::server_rules(rule_keepers& keepers, run_runtime& runs,
                           const server_settings::rules_settings& settings, const log_sink& log)
    : use_(keepers.use_database(runs)), in_database_(settings.directory.empty() || settings.sync) {
  if (settings.sync) {
    source_ = keepers.open_source(rule_place::directory(settings.directory));
    sync_.emplace(*source_, runs, log);
  }
  book_ = keepers.open(in_database_ ? rule_place::database() : rule_place::directory(settings.directory));
}

std::vector<rule_finding> server_rules::findings() const {
  auto found = book_->findings();
  if (source_)
    for (auto& each : source_->findings())
      found.push_back(std::move(each));
  return found;
}

void server_rules::sync(const std::string& by, directory_sync::ending done) const {
  if (!sync_)
    throw error("no_rule_sync",
                "the settings of this server name no directory to copy rules from: set "
                "rules.directory and rules.sync; `sluice rules sync DIR --db FILE` copies one");
  sync_->copy_now(by, std::move(done));
}

} // namespace sluice
