#pragma once

#include "model/base/log.hpp"
#include "runtime/config/server_settings.hpp"
#include "runtime/embed/rule_keepers.hpp"
#include "runtime/server/directory_sync.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// The rules of a server: those of its database or, as the settings say, of a directory; or those of its
/// database, which are made those of a directory. Any thread.
class server_rules {
public:
  /// Loads them; waits. Throws what `rule_keepers::open` does. Both outlive it.
  server_rules(rule_keepers& keepers, run_runtime& runs, const server_settings::rules_settings& settings,
               const log_sink& log);

  const rule_book& book() const noexcept { return *book_; }
  /// What is wrong with them now; also with the directory that they are copied from. Waits.
  std::vector<rule_finding> findings() const;
  /// Whether they are those of the database, where changes and states are rows.
  bool in_database() const noexcept { return in_database_; }
  /// Copies the directory of the settings into the database now, as `directory_sync::copy_now` does. Throws
  /// as that, and `error("no_rule_sync")` when the settings say nothing of it.
  void sync(const std::string& by, directory_sync::ending done) const;

private:
  std::unique_ptr<rule_keepers::database_use> use_;
  /// What the database's rules are copied from.
  std::optional<rule_book> source_;
  std::optional<directory_sync> sync_;
  bool in_database_;
  std::optional<rule_book> book_;
};

} // namespace sluice
