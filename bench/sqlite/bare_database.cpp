#include "bench/sqlite/bare_database.hpp"

#include "model/base/error.hpp"
#include "persistence/sqlite/sqlite_options.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

namespace sluice::bench {

namespace {

[[noreturn]] void fail(sqlite3* in, std::string_view doing) {
  throw error("bare_sql_failed", fmt::format("{}: {}", doing, sqlite3_errmsg(in)));
}

} // namespace

bare_database::bare_database(const std::filesystem::path& path, int busy_milliseconds) {
  constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(path.c_str(), &handle_, flags, nullptr) != SQLITE_OK)
    fail(handle_, path.native());
  sqlite3_busy_timeout(handle_, busy_milliseconds);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  run("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; PRAGMA mmap_size = 0; "
      "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; "
      "PRAGMA cache_size = -32768");
  sqlite3_wal_hook(handle_, &bare_database::note_log, this);
}

bare_database::~bare_database() {
  sqlite3_close(handle_);
}

void bare_database::run(const std::string& statements) {
  if (sqlite3_exec(handle_, statements.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    fail(handle_, statements);
}

std::int64_t bare_database::number(const std::string& select) {
  bare_statement one(*this, select);
  if (!one.next())
    fail(handle_, select);
  return one.integer(0);
}

void bare_database::commit() {
  run("COMMIT");
  if (log_pages_ < static_cast<int>(sqlite_options{}.log_limit_pages))
    return;
  const int result = sqlite3_wal_checkpoint_v2(handle_, "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (result != SQLITE_OK)
    fail(handle_, "checkpoint");
  log_pages_ = 0;
}

std::int64_t bare_database::last_key() const {
  return sqlite3_last_insert_rowid(handle_);
}

int bare_database::note_log(void* self, sqlite3*, const char*, int pages) {
  static_cast<bare_database*>(self)->log_pages_ = pages;
  return SQLITE_OK;
}

bare_statement::bare_statement(bare_database& in, std::string_view text) : in_(in.handle()) {
  if (sqlite3_prepare_v3(in_, text.data(), static_cast<int>(text.size()), SQLITE_PREPARE_PERSISTENT,
                         &statement_, nullptr) != SQLITE_OK)
    fail(in_, text);
}

bare_statement::~bare_statement() {
  sqlite3_finalize(statement_);
}

bare_statement& bare_statement::bind(std::int64_t value) {
  sqlite3_bind_int64(statement_, ++bound_, value);
  return *this;
}

bare_statement& bare_statement::bind(std::string_view value) {
  sqlite3_bind_text(statement_, ++bound_, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
  return *this;
}

bare_statement& bare_statement::bind_null() {
  sqlite3_bind_null(statement_, ++bound_);
  return *this;
}

bool bare_statement::next() {
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW)
    return true;
  if (result != SQLITE_DONE)
    fail(in_, sqlite3_sql(statement_));
  sqlite3_reset(statement_);
  bound_ = 0;
  return false;
}

void bare_statement::run() {
  if (next() || sqlite3_changes(in_) != 1)
    throw error("bare_sql_failed",
                fmt::format("'{}' changed {} rows", sqlite3_sql(statement_), sqlite3_changes(in_)));
}

std::int64_t bare_statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string bare_statement::text(int column) const {
  const auto* const begin = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return {begin, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

} // namespace sluice::bench
