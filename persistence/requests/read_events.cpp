#include "persistence/requests/read_events.hpp"

#include <algorithm>

namespace sluice {

event_page read_events(store& in, const event_query& query) {
  event_page page;
  auto& table = in.events();
  page.events = query.run ? table.of_run(*query.run, query.since_seq, query.limit)
                          : table.since(query.since, query.limit);
  page.last = page.events.size() < query.limit;
  page.last_seq = query.run && !page.events.empty() ? page.events.back().seq : query.since_seq;
  page.covers = std::max(query.since, page.last ? table.last_id() : page.events.back().id);
  // A run's events are numbered, so the first query for it cannot know where its ids begin.
  std::erase_if(page.events, [&](const run_event& event) { return event.id <= query.since; });
  return page;
}

} // namespace sluice
