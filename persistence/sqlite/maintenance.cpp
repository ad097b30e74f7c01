#include "persistence/sqlite/maintenance.hpp"

#include "model/base/error.hpp"
#include "persistence/sqlite/migrations.hpp"
#include "persistence/sqlite/sqlite_connection.hpp"
#include "persistence/sqlite/store_failure.hpp"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Exception.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <fcntl.h>
#include <system_error>
#include <unistd.h>

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
    // Of a run that is being aged out, the first may be gone: then that is noted.
    {"run {}: its events are not numbered from 1 to its last",
     "SELECT id FROM runs LEFT JOIN (SELECT run_key, count(*) AS events, min(seq) AS first, max(seq) AS last "
     "FROM run_events GROUP BY run_key) USING (run_key) "
     "WHERE last_seq <> coalesce(last, 0) OR coalesce(events, 0) <> coalesce(last - first + 1, 0) "
     "OR (coalesce(first, 1) <> 1 AND (SELECT last_id FROM run_events_removed) = 0)"},
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

/// A rename is on disk when the folder is.
void sync_folder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0)
    return;
  ::fsync(descriptor);
  ::close(descriptor);
}

void copy_all(sqlite_connection& from, const std::filesystem::path& to) {
  try {
    SQLite::Database copy(to.native(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    // At once: in steps, it would begin anew whenever somebody writes. Readers are in nobody's way.
    SQLite::Backup(copy, from.database()).executeStep(-1);
  } catch (const SQLite::Exception& trouble) {
    throw_store_failure(nullptr, trouble.getExtendedErrorCode(), to, "write a backup");
  }
}

sqlite_options reading(const std::filesystem::path& path) {
  sqlite_options options;
  options.path = path;
  options.access = sqlite_access::read;
  return options;
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
  sqlite_connection in(reading(path));
  require_schema(in, all_migrations());
  std::vector<std::string> findings;
  add_findings(in, "{}", "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
               findings);
  for (const auto& rule : row_rules)
    add_findings(in, rule.sentence, rule.violations, findings);
  return findings;
}

void back_up_database(const std::filesystem::path& path, const std::filesystem::path& to) {
  std::error_code ignored;
  if (std::filesystem::exists(to, ignored))
    throw error("backup_exists", fmt::format("there is a file {} already; name another", to.native()));
  auto part = to;
  part += ".part";
  std::filesystem::remove(part, ignored);
  sqlite_connection from(reading(path));
  require_schema(from, all_migrations());
  try {
    copy_all(from, part);
    std::filesystem::rename(part, to);
  } catch (const std::filesystem::filesystem_error& trouble) {
    throw error("store_unavailable", fmt::format("could not name the backup: {}", trouble.what()));
  } catch (...) {
    std::filesystem::remove(part, ignored);
    throw;
  }
  sync_folder(to.parent_path());
}

std::int64_t vacuum_database(const std::filesystem::path& path) {
  sqlite_options options;
  options.path = path;
  sqlite_connection in(options);
  require_schema(in, all_migrations());
  const auto bytes = [&] { return in.number("PRAGMA page_count") * in.number("PRAGMA page_size"); };
  const auto before = bytes();
  const sqlite_connection::turn mine(in);
  in.execute("VACUUM", "vacuum");
  in.checkpoint(true);
  return before - bytes();
}

} // namespace sluice
