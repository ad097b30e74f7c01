#include "persistence/sqlite/maintenance.hpp"

#include "persistence/sqlite/migrations.hpp"
#include "persistence/sqlite/sqlite_connection.hpp"

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

#include <cstddef>

namespace sluice {

namespace {

/// More of one kind are not told one by one.
constexpr std::size_t findings_limit = 100;

struct row_rule {
  /// What is wrong with a row that is found, with a place for its name.
  const char* sentence;
  const char* violations;
};

constexpr row_rule row_rules[] = {
    {"table {}: a row refers to a run that is not there", "SELECT \"table\" FROM pragma_foreign_key_check"},
    {"run {}: it has no graph", "SELECT id FROM runs WHERE run_key NOT IN (SELECT run_key FROM run_state)"},
    // Of a run that is over, or was resumed after that, the first may have been removed: then that is noted,
    // and its end is among the others.
    {"run {}: its events are not numbered from 1 to its last",
     "SELECT id FROM runs LEFT JOIN (SELECT run_key, count(*) AS events, min(seq) AS first, max(seq) AS last "
     "FROM run_events GROUP BY run_key) USING (run_key) "
     "WHERE last_seq <> coalesce(last, 0) OR coalesce(events, 0) <> coalesce(last - first + 1, 0) "
     "OR (coalesce(first, 1) <> 1 AND ((SELECT last_id FROM run_events_removed) = 0 OR NOT EXISTS "
     "(SELECT 1 FROM run_events AS ends WHERE ends.run_key = runs.run_key AND "
     "(ends.kind = 'RUN_SUCCEEDED' OR ends.kind = 'RUN_FAILED' OR ends.kind = 'RUN_CANCELLED'))))"},
    {"run {}: it is marked as owned, or not, and its lease says otherwise",
     "SELECT id FROM runs LEFT JOIN leases USING (run_key) WHERE owned <> (owner IS NOT NULL)"},
    // Beside max(), other columns are those of the row that has it.
    {"rule {}: its definition is not what its last change says",
     "SELECT rule_id FROM (SELECT rule_id, definition, max(id) FROM rule_changes "
     "WHERE kind = 'defined' OR kind = 'removed' GROUP BY rule_id) AS said "
     "LEFT JOIN rules USING (rule_id) WHERE said.definition IS NOT rules.definition"},
    {"rule {}: its state is not what its last change says",
     "SELECT rule_id FROM (SELECT rule_id, iif(kind = 'expired' OR mode = 'enabled', NULL, mode) AS mode, "
     "confidence_max, expires_at, max(id) FROM rule_changes WHERE kind = 'state' OR kind = 'expired' "
     "GROUP BY rule_id) AS said LEFT JOIN rule_state AS is_now USING (rule_id) "
     "WHERE said.mode IS NOT is_now.mode OR (said.mode IS NOT NULL AND "
     "(said.confidence_max IS NOT is_now.confidence_max OR said.expires_at IS NOT is_now.expires_at))"},
};

/// Adds a sentence for each row. What cannot even be read is a finding, too.
void add_findings(sqlite_connection& in, const char* sentence, const char* violations,
                  std::vector<std::string>& findings) {
  try {
    SQLite::Statement rows(in.database(), violations);
    for (std::size_t count = 0; rows.executeStep() && count < findings_limit; ++count)
      findings.push_back(fmt::format(fmt::runtime(sentence), rows.getColumn(0).getString()));
  } catch (const SQLite::Exception& trouble) {
    findings.push_back(
        fmt::format("it cannot be read: {} (SQLite {})", trouble.what(), trouble.getExtendedErrorCode()));
  }
}

} // namespace

schema_change migrate_database(const std::filesystem::path& path, utc_time now) {
  sqlite_options options;
  options.path = path;
  sqlite_connection in(options);
  schema_change change;
  change.before = schema_version(in);
  migrate(in, all_migrations(), now);
  change.after = schema_version(in);
  return change;
}

std::vector<std::string> check_database(const std::filesystem::path& path) {
  sqlite_connection in(sqlite_options{path, sqlite_access::read});
  require_schema(in, all_migrations());
  std::vector<std::string> findings;
  add_findings(in, "{}", "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
               findings);
  for (const auto& rule : row_rules)
    add_findings(in, rule.sentence, rule.violations, findings);
  return findings;
}

} // namespace sluice
