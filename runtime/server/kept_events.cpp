#include "runtime/server/kept_events.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

namespace sluice {

namespace {

void require_next_event(store& in, const uuid& run, std::uint64_t since_seq) {
  const auto next = in.events().of_run(run, since_seq, 1);
  if (!next.empty() && next.front().seq != since_seq + 1)
    throw error(
        "events_expired",
        fmt::format("run {} is being removed: its events begin with number {} now, and those after {} "
                    "were asked for; begin anew, without a place",
                    to_string(run), next.front().seq, since_seq));
}

} // namespace

void require_kept_events(store& in, std::int64_t since, std::int64_t known_removed) {
  const auto removed = in.events().removed_through();
  if (since > 0 && since < removed && known_removed < removed)
    throw error("events_expired",
                fmt::format("events up to id {} have been removed with their runs, and those after {} were "
                            "asked for: begin anew, at 0 with what is left or at {}",
                            removed, since, removed));
}

void require_kept_events(store& in, const uuid& run, std::uint64_t since_seq) {
  if (since_seq > 0)
    require_next_event(in, run, since_seq);
}

void require_first_event(store& in, const uuid& run) {
  require_next_event(in, run, 0);
}

} // namespace sluice
