#pragma once

#include "model/base/utc_time.hpp"
#include "persistence/sqlite/sqlite_connection.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// One step from a version of the schema to the next. Once released, its text never changes.
struct migration {
  /// From 1, without gaps.
  int version = 0;
  std::string_view name;
  /// Statements; what they do is one transaction.
  std::string_view statements;
};

/// Returns all migrations of this program, by version; docs/schema.md describes what they make.
const std::vector<migration>& all_migrations();

/// Returns what `schema_migrations` keeps of a migration's text.
std::string checksum_of(const migration& one);

/// Returns the version of the schema in the file; 0: an empty database.
int schema_version(sqlite_connection& in);

/// In a connection that writes, outside a transaction: brings the schema up to the last of `migrations`, each
/// step in a transaction of its own with its row in `schema_migrations`. Does nothing when it is there
/// already. Throws `error("schema_newer")` when a newer program has been here, and
/// `error("schema_changed")` when a migration was another one when it was applied. Returns how many were
/// applied.
int migrate(sqlite_connection& in, const std::vector<migration>& migrations, utc_time now);

/// Throws `error("schema_newer")`, or `error("schema_older")` when migrations are missing.
void require_schema(sqlite_connection& in, const std::vector<migration>& migrations);

} // namespace sluice
