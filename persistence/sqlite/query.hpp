#pragma once

#include "model/base/utc_time.hpp"
#include "model/base/uuid.hpp"
#include "persistence/sqlite/sqlite_connection.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// One use of a prepared statement in a transaction: values are bound in the order of its `?`, columns are
/// read in the order of its SELECT. It is given back, reset, when this goes. One use of one statement at a
/// time. Texts that were copied stand in this object as long as there is room, so it is used where it is
/// made.
class query {
public:
  query(sqlite_connection& in, sql text);
  query(const query&) = delete;
  query& operator=(const query&) = delete;
  ~query();

  query& bind(std::int64_t value);
  query& bind(std::int32_t value) { return bind(std::int64_t{value}); }
  query& bind(std::uint32_t value) { return bind(std::int64_t{value}); }
  /// Numbers of 64 bits without sign keep their bits; ours stay below 2^63.
  query& bind(std::uint64_t value) { return bind(static_cast<std::int64_t>(value)); }
  query& bind(bool value) { return bind(std::int64_t{value ? 1 : 0}); }
  query& bind(double value);
  /// Not copied: it must stay as it is until the statement has run.
  query& bind(const std::string& value);
  query& bind(std::string&& value) { return bind(std::string_view(value)); }
  /// Copied.
  query& bind(std::string_view value);
  query& bind(const char*) = delete;
  query& bind(const uuid& value);
  query& bind(utc_time value);
  query& bind(std::nullopt_t);
  template <class Value>
  query& bind(const std::optional<Value>& value) {
    return value ? bind(*value) : bind(std::nullopt);
  }
  template <class Value>
  query& bind(std::optional<Value>&& value) {
    return value ? bind(*std::move(value)) : bind(std::nullopt);
  }
  /// The empty id is stored as NULL.
  query& bind_or_null(const uuid& value) { return value.empty() ? bind(std::nullopt) : bind(value); }

  /// Goes to the next row. Returns false after the last.
  bool next();
  /// Runs to the end and returns how many rows were changed.
  int run();
  /// As `run`, but returns -1 instead of throwing when a unique constraint is violated.
  int run_unless_taken();

  std::int64_t integer();
  std::uint64_t natural() { return static_cast<std::uint64_t>(integer()); }
  bool flag() { return integer() != 0; }
  double real();
  std::string text() { return std::string(text_here()); }
  /// Good until the next row or the end of this object.
  std::string_view text_here();
  /// Each throws `store_corrupt` when the text is no such thing.
  uuid id();
  utc_time time();
  /// NULL is the empty id.
  uuid id_or_empty();
  std::optional<utc_time> optional_time();
  std::optional<std::string> optional_text();
  std::optional<std::uint64_t> optional_natural();
  /// Returns whether the next column is NULL, without going on.
  bool at_null() const;
  [[noreturn]] void throw_unreadable(std::string_view what, std::string_view text) const;

private:
  /// Enough for the ids, times and words of a row.
  static constexpr std::size_t copied_limit = 320;

  int step();
  char* room_for(std::size_t size) noexcept;
  query& bind_static(const char* begin, std::size_t size);
  [[noreturn]] void fail(int result) const;

  sqlite_connection* in_;
  sqlite3_stmt* statement_;
  const char* text_;
  int bound_ = 0;
  int column_ = 0;
  std::size_t copied_ = 0;
  // Not set to anything before it is used.
  std::array<char, copied_limit> copies_;
};

} // namespace sluice
