#include "persistence/sqlite/sqlite_connection.hpp"

#include "model/base/error.hpp"
#include "model/base/fault_point.hpp"
#include "persistence/sqlite/store_failure.hpp"

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>

namespace sluice {

namespace {

std::filesystem::path lock_path(const std::filesystem::path& database) {
  auto path = database;
  path += ".lock";
  return path;
}

int open_flags(sqlite_access access) noexcept {
  // Readers open for writing, too: a log's index can only be shared by who may write it.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  return access == sqlite_access::write ? flags | SQLITE_OPEN_CREATE : flags;
}

bool allows_writing(sqlite_access access) noexcept {
  return access == sqlite_access::write;
}

} // namespace

sqlite_connection::sqlite_connection(const sqlite_options& options) : options_(options) {
  require_local_folder(options_.path);
  if (allows_writing(options_.access))
    lock_.emplace(lock_path(options_.path));
  open();
}

sqlite_connection::~sqlite_connection() {
  roll_back();
}

void sqlite_connection::open() {
  // Before anything is read: the first look at a file may have to repair it after a crash.
  const int wait = static_cast<int>(options_.lock_wait.count());
  try {
    database_ = std::make_unique<SQLite::Database>(options_.path.native(), open_flags(options_.access), wait);
  } catch (const SQLite::Exception& trouble) {
    throw_store_failure(nullptr, trouble.getExtendedErrorCode(), options_.path, "open the database");
  }
  sqlite3* const handle = database_->getHandle();
  sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  execute("PRAGMA wal_autocheckpoint = 0; PRAGMA mmap_size = 0; PRAGMA foreign_keys = ON; "
          "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; ",
          "set up the connection");
  execute(fmt::format("PRAGMA cache_size = -{}", options_.cache_kib), "set up the connection");
  if (options_.page_limit)
    execute(fmt::format("PRAGMA max_page_count = {}", *options_.page_limit), "set up the connection");
  if (allows_writing(options_.access)) {
    const turn mine(*this);
    require_ours();
    // No effect where the mode is set already.
    execute("PRAGMA journal_mode = WAL", "choose the log");
    execute(fmt::format("PRAGMA journal_size_limit = {}", std::uint64_t{options_.log_limit_pages} * 4096),
            "set up the connection");
    sqlite3_wal_hook(handle, &sqlite_connection::note_log, this);
  } else {
    require_ours();
    execute("PRAGMA query_only = ON", "set up the connection");
  }
  file_ = identity_of(options_.path);
}

void sqlite_connection::require_ours() {
  if (number("PRAGMA application_id") != application_id && number("SELECT count(*) FROM sqlite_schema") != 0)
    throw error("store_foreign", fmt::format("{} is a database of another program; name another file",
                                             options_.path.native()));
}

int sqlite_connection::note_log(void* self, sqlite3*, const char*, int pages) noexcept {
  auto& noted = *static_cast<sqlite_connection*>(self);
  noted.log_pages_ = static_cast<std::uint32_t>(pages);
  noted.wrote_ = true;
  return SQLITE_OK;
}

void sqlite_connection::require_same_file() const {
  // SQLite goes on writing into a file that was deleted, where nobody will find it.
  if (!file_ || identity_of(options_.path) != file_)
    throw error("store_unavailable",
                fmt::format("the database {} is no longer the file that was opened: it was moved, deleted or "
                            "replaced; bring it back, or open it anew",
                            options_.path.native()));
}

void sqlite_connection::begin() {
  if (in_transaction_)
    throw internal_error("a transaction was begun within another");
  if (lock_)
    lock_->acquire(options_.lock_wait);
  try {
    require_same_file();
    execute(lock_ ? "BEGIN IMMEDIATE" : "BEGIN", "begin a transaction");
  } catch (...) {
    if (lock_)
      lock_->release();
    throw;
  }
  in_transaction_ = true;
  wrote_ = false;
  if (lock_)
    fault_point("transaction.begun");
}

void sqlite_connection::commit() {
  require_transaction();
  if (lock_)
    fault_point("transaction.written");
  try {
    execute("COMMIT", "commit a transaction");
    require_same_file();
  } catch (...) {
    roll_back();
    throw;
  }
  in_transaction_ = false;
  if (lock_)
    fault_point("transaction.committed");
  if (lock_ && log_pages_ >= options_.log_limit_pages)
    shorten_log();
  if (lock_)
    lock_->release();
}

void sqlite_connection::shorten_log() noexcept {
  try {
    checkpoint(false);
  } catch (const error&) {
    // What was committed stands in the log; the next commit tries again.
  }
}

void sqlite_connection::roll_back() noexcept {
  if (!in_transaction_)
    return;
  in_transaction_ = false;
  for (auto& [text, statement] : statements_)
    sqlite3_reset(statement.get());
  // Fails when SQLite has rolled back by itself, which is as good.
  if (sqlite3_get_autocommit(database_->getHandle()) == 0)
    database_->tryExec("ROLLBACK");
  if (lock_)
    lock_->release();
}

void sqlite_connection::execute(const std::string& statements, const std::string& doing) {
  const int result = database_->tryExec(statements);
  if (result != SQLITE_OK)
    throw_store_failure(database_->getHandle(), result, options_.path, doing);
}

std::int64_t sqlite_connection::number(const std::string& statement) {
  try {
    SQLite::Statement query(*database_, statement);
    return query.executeStep() ? query.getColumn(0).getInt64() : 0;
  } catch (const SQLite::Exception& trouble) {
    throw_store_failure(database_->getHandle(), trouble.getExtendedErrorCode(), options_.path, "read");
  }
}

sqlite3_stmt* sqlite_connection::prepared(const sql& text) {
  auto& kept = statements_[text.text()];
  if (kept)
    return kept.get();
  sqlite3_stmt* statement = nullptr;
  const int result =
      sqlite3_prepare_v3(handle(), text.text(), -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (result != SQLITE_OK)
    throw_store_failure(handle(), result, options_.path, fmt::format("prepare '{}'", text.text()));
  kept.reset(statement);
  return statement;
}

void sqlite_connection::finalizer::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

std::int64_t sqlite_connection::last_key() const noexcept {
  return sqlite3_last_insert_rowid(handle());
}

void sqlite_connection::require_transaction() const {
  if (!in_transaction_)
    throw internal_error("the store is used outside a transaction");
  if (sqlite3_get_autocommit(database_->getHandle()) != 0)
    throw error("store_unavailable", "the transaction was rolled back after an error; begin it again");
}

sqlite_connection::turn::turn(sqlite_connection& in) : in_(&in) {
  in_->lock_->acquire(in_->options_.lock_wait);
}

sqlite_connection::turn::~turn() {
  in_->lock_->release();
}

std::uint32_t sqlite_connection::checkpoint(bool truncate) {
  int in_log = 0;
  int moved = 0;
  const int mode = truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
  fault_point("checkpoint.begun");
  const int result = sqlite3_wal_checkpoint_v2(database_->getHandle(), "main", mode, &in_log, &moved);
  fault_point("checkpoint.done");
  // Busy: somebody reads; the next one gets further.
  if (result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY)
    throw_store_failure(database_->getHandle(), result, options_.path, "checkpoint the log");
  const auto left = static_cast<std::uint32_t>(std::max(0, in_log - std::max(0, moved)));
  log_pages_ = left;
  return left;
}

} // namespace sluice
