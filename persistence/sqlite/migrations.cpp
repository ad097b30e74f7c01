#include "persistence/sqlite/migrations.hpp"

#include "model/base/error.hpp"
#include "model/base/fault_point.hpp"
#include "model/base/sha256.hpp"
#include "persistence/sqlite/migrations/0001_runs.hpp"
#include "persistence/sqlite/migrations/0002_runs_typed.hpp"
#include "persistence/sqlite/migrations/0003_rules.hpp"
#include "persistence/sqlite/migrations/0004_events_removed.hpp"
#include "persistence/sqlite/query.hpp"

#include <fmt/format.h>

namespace sluice {

namespace {

const std::string& name_of(sqlite_connection& in) {
  return in.options().path.native();
}

void require_unchanged(sqlite_connection& in, const std::vector<migration>& migrations) {
  query rows(in, "SELECT version, checksum FROM schema_migrations ORDER BY version");
  while (rows.next()) {
    const auto version = rows.integer();
    const auto checksum = rows.text();
    const auto& known = migrations.at(static_cast<std::size_t>(version - 1));
    if (checksum != checksum_of(known))
      throw error("schema_changed",
                  fmt::format("migration {} of {} was another one when it was applied (checksum {}, now {}); "
                              "open it with the program that made it",
                              version, name_of(in), checksum, checksum_of(known)));
  }
}

void require_not_newer(sqlite_connection& in, int there, const std::vector<migration>& migrations) {
  const auto known = static_cast<int>(migrations.size());
  if (there > known)
    throw error("schema_newer", fmt::format("{} has schema {}, this program knows {}: install the newer one",
                                            name_of(in), there, known));
}

void apply(sqlite_connection& in, const migration& one, utc_time now) {
  const auto doing = fmt::format("apply migration {} ({})", one.version, one.name);
  fault_point("migration.begun");
  in.execute(std::string(one.statements), doing);
  fault_point("migration.half");
  query row(in, "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (?, ?, ?, ?)");
  row.bind(one.version).bind(one.name).bind(checksum_of(one)).bind(now).run();
  in.execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", application_id, one.version),
             doing);
  fault_point("migration.written");
}

/// Applies the next missing migration in one transaction. Returns false when none is missing.
bool migrate_once(sqlite_connection& in, const std::vector<migration>& migrations, utc_time now) {
  in.begin();
  try {
    const int there = schema_version(in);
    require_not_newer(in, there, migrations);
    if (there > 0)
      require_unchanged(in, migrations);
    const bool missing = there < static_cast<int>(migrations.size());
    if (missing)
      apply(in, migrations[static_cast<std::size_t>(there)], now);
    in.commit();
    if (missing)
      fault_point("migration.committed");
    return missing;
  } catch (...) {
    in.roll_back();
    throw;
  }
}

} // namespace

const std::vector<migration>& all_migrations() {
  static const std::vector<migration> migrations = {{1, "runs", migration_0001_runs},
                                                    {2, "runs_typed", migration_0002_runs_typed},
                                                    {3, "rules", migration_0003_rules},
                                                    {4, "events_removed", migration_0004_events_removed}};
  return migrations;
}

std::string checksum_of(const migration& one) {
  return sha256_hex(one.statements);
}

int schema_version(sqlite_connection& in) {
  return static_cast<int>(in.number("PRAGMA user_version"));
}

int migrate(sqlite_connection& in, const std::vector<migration>& migrations, utc_time now) {
  int applied = 0;
  while (migrate_once(in, migrations, now))
    ++applied;
  return applied;
}

void require_schema(sqlite_connection& in, const std::vector<migration>& migrations) {
  const int there = schema_version(in);
  require_not_newer(in, there, migrations);
  if (there < static_cast<int>(migrations.size()))
    throw error("schema_older",
                fmt::format("{} has schema {}, this program needs {}: run 'sluice db migrate {}'",
                            name_of(in), there, migrations.size(), name_of(in)));
}

} // namespace sluice
