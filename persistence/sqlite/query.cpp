#include "persistence/sqlite/query.hpp"

#include "model/base/error.hpp"
#include "persistence/sqlite/store_failure.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>

namespace sluice {

query::query(sqlite_connection& in, sql text) : in_(&in), text_(text.text()) {
  in.require_transaction();
  statement_ = in.prepared(text);
}

query::~query() {
  sqlite3_reset(statement_);
}

query& query::bind(std::int64_t value) {
  sqlite3_bind_int64(statement_, ++bound_, value);
  return *this;
}

query& query::bind(double value) {
  sqlite3_bind_double(statement_, ++bound_, value);
  return *this;
}

query& query::bind_static(const char* begin, std::size_t size) {
  sqlite3_bind_text64(statement_, ++bound_, begin, size, SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

/// Returns nullptr when what is left is too little.
char* query::room_for(std::size_t size) noexcept {
  if (copies_.size() - copied_ < size)
    return nullptr;
  char* const room = copies_.data() + copied_;
  copied_ += size;
  return room;
}

query& query::bind(const std::string& value) {
  return bind_static(value.data(), value.size());
}

query& query::bind(std::string_view value) {
  if (char* const room = room_for(value.size())) {
    std::copy(value.begin(), value.end(), room);
    return bind_static(room, value.size());
  }
  sqlite3_bind_text64(statement_, ++bound_, value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}

query& query::bind(const uuid& value) {
  char* const room = room_for(uuid_length);
  if (room == nullptr)
    return bind(std::string_view(to_string(value)));
  write_text(value, room);
  return bind_static(room, uuid_length);
}

query& query::bind(utc_time value) {
  char* const room = room_for(utc_time_length);
  if (room == nullptr)
    return bind(std::string_view(to_string(value)));
  write_text(value, room);
  return bind_static(room, utc_time_length);
}

query& query::bind(std::nullopt_t) {
  sqlite3_bind_null(statement_, ++bound_);
  return *this;
}

int query::step() {
  column_ = 0;
  return sqlite3_step(statement_);
}

void query::fail(int) const {
  sqlite3* const handle = in_->handle();
  throw_store_failure(handle, sqlite3_extended_errcode(handle), in_->options().path,
                      fmt::format("run '{}'", text_));
}

bool query::next() {
  const int result = step();
  if (result != SQLITE_ROW && result != SQLITE_DONE)
    fail(result);
  return result == SQLITE_ROW;
}

int query::run() {
  const int result = step();
  if (result != SQLITE_DONE)
    fail(result);
  return sqlite3_changes(in_->handle());
}

int query::run_unless_taken() {
  const int result = step();
  if (result == SQLITE_DONE)
    return sqlite3_changes(in_->handle());
  const int detail = sqlite3_extended_errcode(in_->handle());
  if (detail == SQLITE_CONSTRAINT_UNIQUE || detail == SQLITE_CONSTRAINT_PRIMARYKEY)
    return -1;
  fail(result);
}

std::int64_t query::integer() {
  return sqlite3_column_int64(statement_, column_++);
}

double query::real() {
  return sqlite3_column_double(statement_, column_++);
}

std::string_view query::text_here() {
  const int column = column_++;
  // SQLite wants the text before its length.
  const auto* const begin = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return {begin, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

bool query::at_null() const {
  return sqlite3_column_type(statement_, column_) == SQLITE_NULL;
}

void query::throw_unreadable(std::string_view what, std::string_view text) const {
  throw error("store_corrupt", fmt::format("'{}' in {} is no {}; look at the database with 'sluice db check'",
                                           text, in_->options().path.native(), what));
}

uuid query::id() {
  const auto written = text_here();
  const auto value = parse_uuid(written);
  if (!value)
    throw_unreadable("id", written);
  return *value;
}

utc_time query::time() {
  const auto written = text_here();
  const auto value = parse_utc_time(written);
  if (!value)
    throw_unreadable("time", written);
  return *value;
}

uuid query::id_or_empty() {
  if (!at_null())
    return id();
  ++column_;
  return {};
}

std::optional<utc_time> query::optional_time() {
  if (!at_null())
    return time();
  ++column_;
  return std::nullopt;
}

std::optional<std::string> query::optional_text() {
  if (!at_null())
    return text();
  ++column_;
  return std::nullopt;
}

std::optional<std::uint64_t> query::optional_natural() {
  if (!at_null())
    return natural();
  ++column_;
  return std::nullopt;
}

} // namespace sluice
