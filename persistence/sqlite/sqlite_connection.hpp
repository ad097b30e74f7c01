#pragma once

#include "persistence/sqlite/sqlite_options.hpp"
#include "persistence/sqlite/store_file.hpp"
#include "persistence/sqlite/writer_lock.hpp"

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

struct sqlite3_stmt;

namespace sluice {

/// "SLUC": what `PRAGMA application_id` and file(1) know our databases by.
inline constexpr std::int64_t application_id = 0x534c5543;

/// The text of a statement: a literal, so that its address names it in the cache.
class sql {
public:
  consteval sql(const char* text) : text_(text) {}
  const char* text() const noexcept { return text_; }

private:
  const char* text_;
};

/// One connection to a database file: WAL, synchronous=FULL, foreign keys, no checkpoint but where it is
/// asked for under the writer lock (SQLite up to 3.51.2 can damage a log that is reset while it is
/// checkpointed). Used by one thread at a time. Calls throw what `throw_store_failure` says.
class sqlite_connection {
public:
  /// Opens the file; writers make it if it is not there. Also throws `store_on_network`, and `store_foreign`
  /// for a database of another program.
  explicit sqlite_connection(const sqlite_options& options);
  sqlite_connection(const sqlite_connection&) = delete;
  sqlite_connection& operator=(const sqlite_connection&) = delete;
  ~sqlite_connection();

  /// Begins a transaction; a writer waits for its turn.
  void begin();
  /// Makes what was written durable. Throws, and the transaction is over, when that fails.
  void commit();
  void roll_back() noexcept;

  /// Runs statements that return nothing, outside the cache.
  void execute(const std::string& statements, const std::string& doing);
  /// Returns the one number that a statement gives, e.g. of a pragma.
  std::int64_t number(const std::string& statement);
  /// Returns the statement, prepared on its first use. It lives as long as the connection.
  sqlite3_stmt* prepared(const sql& text);
  /// Returns the key of the row that was inserted last.
  std::int64_t last_key() const noexcept;
  /// Throws when SQLite has ended the transaction by itself: what follows would stand alone.
  void require_transaction() const;

  /// Waits for the turn to write and keeps it while the returned guard lives: for what cannot be done in a
  /// transaction.
  class turn {
  public:
    explicit turn(sqlite_connection& in);
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;
    ~turn();

  private:
    sqlite_connection* in_;
  };

  /// Under a turn or right after a commit: moves the log into the database. Returns the pages that are left
  /// in it, e.g. because somebody reads there.
  std::uint32_t checkpoint(bool truncate);
  /// Pages in the log after this connection's last commit.
  std::uint32_t log_pages() const noexcept { return log_pages_; }
  /// Whether this connection's last commit added to the log.
  bool last_commit_wrote() const noexcept { return wrote_; }

  const sqlite_options& options() const noexcept { return options_; }
  SQLite::Database& database() noexcept { return *database_; }
  sqlite3* handle() const noexcept { return database_->getHandle(); }

private:
  // Not SQLite::Statement: its columns and copied texts cost as much as a small statement.
  struct finalizer {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };

  void open();
  void require_ours();
  void require_same_file() const;
  void shorten_log() noexcept;
  static int note_log(void* self, sqlite3*, const char*, int pages) noexcept;

  sqlite_options options_;
  std::optional<writer_lock> lock_;
  std::unique_ptr<SQLite::Database> database_;
  std::optional<file_identity> file_;
  std::unordered_map<const char*, std::unique_ptr<sqlite3_stmt, finalizer>> statements_;
  bool in_transaction_ = false;
  std::uint32_t log_pages_ = 0;
  bool wrote_ = false;
};

} // namespace sluice
