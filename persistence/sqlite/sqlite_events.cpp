#include "model/base/error.hpp"
#include "persistence/sqlite/query.hpp"
#include "persistence/sqlite/sqlite_tables.hpp"

#include <fmt/format.h>

namespace sluice {

namespace {

run_event_kind read_event_kind(query& row) {
  const auto written = row.text_here();
  const auto kind = parse_run_event_kind(written);
  if (!kind)
    row.throw_unreadable("kind of an event", written);
  return *kind;
}

/// Reads id, the run's id, seq, kind, at and payload.
std::vector<run_event> read_events(query& rows) {
  std::vector<run_event> events;
  while (rows.next()) {
    run_event event;
    event.id = rows.integer();
    event.run = rows.id();
    event.seq = rows.natural();
    event.kind = read_event_kind(rows);
    event.at = rows.time();
    event.payload = json::parse(rows.text());
    events.push_back(std::move(event));
  }
  return events;
}

[[noreturn]] void throw_gap(const run_event& event, std::uint64_t last) {
  throw error("sequence_gap",
              fmt::format("event {} of run {} does not follow on {}", event.seq, to_string(event.run), last));
}

} // namespace

void sqlite_events::require_next(const run_event& event, known_run& known) {
  if (!known.last_event) {
    query last(*in_, "SELECT max(seq) FROM run_events WHERE run_key = ?");
    known.last_event = last.bind(known.key).next() ? last.natural() : 0;
  }
  if (event.seq != *known.last_event + 1)
    throw_gap(event, *known.last_event);
}

void sqlite_events::append(std::vector<run_event>& events) {
  for (auto& event : events) {
    auto& known = keys_->require_run(event.run);
    require_next(event, known);
    query row(*in_, "INSERT INTO run_events (run_key, seq, kind, at, payload) VALUES (?, ?, ?, ?, ?)");
    row.bind(known.key).bind(event.seq).bind(to_string(event.kind)).bind(event.at);
    if (const auto kept = event.payload.kept_text(); !kept.empty())
      row.bind(kept).run();
    else
      row.bind(event.payload.dump()).run();
    event.id = in_->last_key();
    known.last_event = event.seq;
  }
}

std::vector<run_event> sqlite_events::since(std::int64_t since, std::size_t limit) {
  query rows(*in_, "SELECT e.id, r.id, seq, kind, at, payload FROM run_events AS e "
                   "CROSS JOIN runs AS r USING (run_key) WHERE e.id > ? ORDER BY e.id LIMIT ?");
  return read_events(rows.bind(since).bind(std::uint64_t{limit}));
}

std::vector<run_event> sqlite_events::of_run(const uuid& run, std::uint64_t since_seq, std::size_t limit) {
  const auto* const known = keys_->find(run);
  if (known == nullptr)
    return {};
  query rows(*in_, "SELECT e.id, r.id, seq, kind, at, payload FROM run_events AS e "
                   "INDEXED BY run_events_of_run JOIN runs AS r USING (run_key) "
                   "WHERE e.run_key = ? AND seq > ? ORDER BY seq LIMIT ?");
  return read_events(rows.bind(known->key).bind(since_seq).bind(std::uint64_t{limit}));
}

std::int64_t sqlite_events::last_id() {
  query newest(*in_, "SELECT max(coalesce((SELECT max(id) FROM run_events), 0), last_id) "
                     "FROM run_events_removed WHERE row_key = 1");
  return newest.next() ? newest.integer() : 0;
}

std::size_t sqlite_events::erase(const uuid& run, std::size_t limit) {
  auto* const known = keys_->find(run);
  if (known == nullptr)
    return 0;
  known->last_event.reset();
  std::int64_t last_id = 0;
  std::uint64_t last_seq = 0;
  {
    // Their numbers follow without gaps.
    query last(*in_,
               "SELECT id, seq FROM run_events INDEXED BY run_events_of_run WHERE run_key = ? AND seq < ? "
               "+ (SELECT min(seq) FROM run_events WHERE run_key = ?) ORDER BY seq DESC LIMIT 1");
    if (!last.bind(known->key).bind(std::uint64_t{limit}).bind(known->key).next())
      return 0;
    last_id = last.integer();
    last_seq = last.natural();
  }
  query note(*in_, "UPDATE run_events_removed SET last_id = max(last_id, ?) WHERE row_key = 1");
  note.bind(last_id).run();
  query rows(*in_, "DELETE FROM run_events WHERE run_key = ? AND seq <= ?");
  return static_cast<std::size_t>(rows.bind(known->key).bind(last_seq).run());
}

std::int64_t sqlite_events::removed_through() {
  query newest(*in_, "SELECT last_id FROM run_events_removed WHERE row_key = 1");
  return newest.next() ? newest.integer() : 0;
}

} // namespace sluice
