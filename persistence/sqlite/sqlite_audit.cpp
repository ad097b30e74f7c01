#include "persistence/sqlite/query.hpp"
#include "persistence/sqlite/sqlite_tables.hpp"

#include <optional>

namespace sluice {

std::int64_t sqlite_audit::append(const audit_row& row) {
  query insert(*in_, "INSERT INTO audit_log (at, actor, action, subject, detail) VALUES (?, ?, ?, ?, ?)");
  insert.bind(row.at).bind(row.actor).bind(row.action).bind(row.subject).bind(row.detail).run();
  return in_->last_key();
}

std::vector<audit_row> sqlite_audit::since(std::int64_t since, std::size_t limit) {
  std::vector<audit_row> found;
  query rows(*in_, "SELECT id, at, actor, action, subject, detail FROM audit_log WHERE id > ? "
                   "ORDER BY id LIMIT ?");
  for (rows.bind(since).bind(std::uint64_t{limit}); rows.next();) {
    audit_row row;
    row.id = rows.integer();
    row.at = rows.time();
    row.actor = rows.text();
    row.action = rows.text();
    row.subject = rows.text();
    row.detail = rows.text();
    found.push_back(std::move(row));
  }
  return found;
}

std::int64_t sqlite_audit::last_id() {
  query row(*in_, "SELECT id FROM audit_log ORDER BY id DESC LIMIT 1");
  return row.next() ? row.integer() : 0;
}

/// By id, not by time: where the clock stepped back, rows wait for those before them.
std::size_t sqlite_audit::erase_before(utc_time moment, std::size_t limit) {
  std::optional<std::int64_t> last;
  {
    query oldest(*in_, "SELECT id, at FROM audit_log ORDER BY id LIMIT ?");
    for (oldest.bind(std::uint64_t{limit}); oldest.next();) {
      const auto id = oldest.integer();
      if (oldest.time() >= moment)
        break;
      last = id;
    }
  }
  if (!last)
    return 0;
  query rows(*in_, "DELETE FROM audit_log WHERE id <= ?");
  return static_cast<std::size_t>(rows.bind(*last).run());
}

} // namespace sluice
