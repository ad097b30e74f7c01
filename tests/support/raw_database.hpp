#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace sluice {

/// An SQLite file looked at with the sqlite3 library alone, without anything of ours in between.
class raw_database {
public:
  explicit raw_database(const std::filesystem::path& path) {
    if (sqlite3_open_v2(path.c_str(), &handle_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr) !=
        SQLITE_OK)
      fail();
    // Others may be recovering the log just now.
    sqlite3_busy_timeout(handle_, 30'000);
    // It would otherwise tidy up the log behind the store's back.
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  }
  raw_database(const raw_database&) = delete;
  raw_database& operator=(const raw_database&) = delete;
  ~raw_database() { sqlite3_close(handle_); }

  void run(const std::string& statements) {
    if (sqlite3_exec(handle_, statements.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
      fail();
  }

  /// Returns a text for each row, its columns with `|` between; NULL is `-`.
  std::vector<std::string> rows(const std::string& select) {
    std::vector<std::string> found;
    const auto add = [](void* to, int count, char** values, char**) {
      std::string row;
      for (int i = 0; i < count; ++i)
        row += std::string(i == 0 ? "" : "|") + (values[i] == nullptr ? "-" : values[i]);
      static_cast<std::vector<std::string>*>(to)->push_back(row);
      return 0;
    };
    if (sqlite3_exec(handle_, select.c_str(), add, &found, nullptr) != SQLITE_OK)
      fail();
    return found;
  }

  /// Returns the only row.
  std::string row(const std::string& select) {
    const auto found = rows(select);
    return found.size() == 1 ? found.front() : std::to_string(found.size()) + " rows";
  }

private:
  [[noreturn]] void fail() { throw std::runtime_error(sqlite3_errmsg(handle_)); }

  sqlite3* handle_ = nullptr;
};

} // namespace sluice
