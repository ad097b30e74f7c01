#pragma once

#include "persistence/store/store.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sluice {

/// Returns the id number `number`, of version 7 and not empty.
inline uuid numbered_id(std::uint8_t number) {
  uuid id;
  id.bytes[0] = 1;
  id.bytes[6] = 0x70;
  id.bytes[8] = 0x80;
  id.bytes[15] = number;
  return id;
}

/// Inside a transaction: inserts a run without events.
inline void insert_bare_run(store& in, const uuid& id) {
  run_row row;
  row.id = id;
  row.env = "default";
  row.lane = "default";
  in.runs().insert(row, {R"({"version":1,"steps":{}})", "{}"});
}

/// Inside a transaction: appends `count` events to a run whose last has the number `last_seq`, which goes on.
inline void append_events(store& in, const uuid& run, std::uint64_t& last_seq, std::size_t count) {
  std::vector<run_event_draft> drafts;
  for (std::size_t i = 0; i < count; ++i)
    drafts.push_back({run_event_kind::worker_tick_requested, json::parse("{}")});
  auto events = number_events(run, last_seq, utc_time{}, std::move(drafts));
  in.events().append(events);
  last_seq += count;
}

/// Inside a transaction: inserts a command.
inline std::int64_t insert_command(store& in, const uuid& run, const std::string& reason) {
  command_row command;
  command.run = run;
  command.by = "ann";
  command.reason = reason;
  // One at most may be undelivered.
  command.state = command_state::delivered;
  return in.commands().insert(command);
}

inline std::vector<std::int64_t> ids_of(const std::vector<run_event>& events) {
  std::vector<std::int64_t> ids;
  for (const auto& event : events)
    ids.push_back(event.id);
  return ids;
}

} // namespace sluice
