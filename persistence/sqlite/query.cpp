#include "persistence/sqlite/query.hpp"

#include "model/base/error.hpp"
#include "persistence/sqlite/store_failure.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Exception.h>
#include <fmt/format.h>
#include <sqlite3.h>

namespace sluice {

query::query(connection& in, sql text) : in_(&in), text_(text.text()) {
  in.require_transaction();
  statement_ = &in.prepared(text);
}

query::~query() {
  statement_->tryReset();
}

query& query::bind(std::int64_t value) {
  statement_->bind(++bound_, value);
  return *this;
}

query& query::bind(const std::string& value) {
  statement_->bindNoCopy(++bound_, value);
  return *this;
}

query& query::bind(std::string&& value) {
  statement_->bind(++bound_, value);
  return *this;
}

query& query::bind(std::nullopt_t) {
  statement_->bind(++bound_);
  return *this;
}

int query::step() {
  column_ = 0;
  return statement_->tryExecuteStep();
}

void query::fail(int) const {
  sqlite3* const handle = in_->database().getHandle();
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
  return in_->database().getChanges();
}

int query::run_unless_taken() {
  const int result = step();
  if (result == SQLITE_DONE)
    return in_->database().getChanges();
  const int detail = sqlite3_extended_errcode(in_->database().getHandle());
  if (detail == SQLITE_CONSTRAINT_UNIQUE || detail == SQLITE_CONSTRAINT_PRIMARYKEY)
    return -1;
  fail(result);
}

std::int64_t query::integer() {
  return statement_->getColumn(column_++).getInt64();
}

std::string query::text() {
  const auto column = statement_->getColumn(column_++);
  const char* const begin = column.getText();
  return {begin, static_cast<std::size_t>(column.getBytes())};
}

bool query::at_null() const {
  return statement_->isColumnNull(column_);
}

void query::throw_unreadable(std::string_view what, std::string_view text) const {
  throw error("store_corrupt", fmt::format("'{}' in {} is no {}; look at the database with 'sluice db check'",
                                           text, in_->options().path.native(), what));
}

uuid query::id() {
  const auto written = text();
  const auto value = parse_uuid(written);
  if (!value)
    throw_unreadable("id", written);
  return *value;
}

utc_time query::time() {
  const auto written = text();
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
