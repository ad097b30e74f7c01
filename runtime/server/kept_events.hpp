#pragma once

#include "persistence/store/store.hpp"

#include <cstdint>

namespace sluice {

/// Finished runs are aged out, with their events: who goes on from an old place is told so, rather than
/// passing over what is gone in silence. All throw `error("events_expired")`, inside a transaction. Place 0
/// is the beginning, wherever that is now.

/// Throws when events of any run after the one with id `since` were removed, but for those up to id
/// `known_removed`, of which the asker has heard.
void require_kept_events(store& in, std::int64_t since, std::int64_t known_removed);
/// Throws when events of one run after number `since_seq` were removed.
void require_kept_events(store& in, const uuid& run, std::uint64_t since_seq);
/// Throws when the first events of a run were removed.
void require_first_event(store& in, const uuid& run);

} // namespace sluice
