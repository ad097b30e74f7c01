#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace sluice::bench {

/// An SQLite file through the sqlite3 library alone, set up as Sluice's own connections are (WAL, FULL sync,
/// foreign keys, checkpoints at the same length of the log): what a program would do that needs no store. One
/// thread.
class bare_database {
public:
  explicit bare_database(const std::filesystem::path& path, int busy_milliseconds = 0);
  bare_database(const bare_database&) = delete;
  bare_database& operator=(const bare_database&) = delete;
  ~bare_database();

  void run(const std::string& statements);
  std::int64_t number(const std::string& select);
  /// Commits, and moves the log into the database when it has become as long as Sluice lets it become.
  void commit();
  std::int64_t last_key() const;
  sqlite3* handle() noexcept { return handle_; }

private:
  static int note_log(void* self, sqlite3*, const char*, int pages);

  sqlite3* handle_ = nullptr;
  int log_pages_ = 0;
};

/// A prepared statement; values are bound in order.
class bare_statement {
public:
  bare_statement(bare_database& in, std::string_view text);
  bare_statement(const bare_statement&) = delete;
  bare_statement& operator=(const bare_statement&) = delete;
  ~bare_statement();

  bare_statement& bind(std::int64_t value);
  /// Not copied: it must stay as it is until the statement has run.
  bare_statement& bind(std::string_view value);
  bare_statement& bind_null();
  /// Goes to the next row; after the last it returns false, and the statement can be bound anew.
  bool next();
  /// Runs to the end and throws unless exactly one row was changed.
  void run();

  std::int64_t integer(int column) const;
  std::string text(int column) const;

private:
  sqlite3* in_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

} // namespace sluice::bench
