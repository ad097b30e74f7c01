#include "persistence/requests/store_news.hpp"

#include "persistence/operations/lane_operations.hpp"

#include <algorithm>

namespace sluice {

namespace {

void read_commands(store& in, store_news& news, std::size_t page) {
  news.commands = in.commands().after(news.cursor.command, page);
  if (!news.commands.empty())
    news.cursor.command = news.commands.back().id;
  news.more = news.commands.size() == page;
}

void read_lanes(store& in, store_news& news, std::size_t page) {
  const auto rows = in.audit().since(news.cursor.audit, page);
  if (rows.empty())
    return;
  news.cursor.audit = rows.back().id;
  news.more = news.more || rows.size() == page;
  for (const auto& row : rows) {
    const auto lane = lane_set_by(row);
    const auto is_it = [&](const lane_row& known) { return known.lane == *lane; };
    if (lane && std::none_of(news.lanes.begin(), news.lanes.end(), is_it))
      news.lanes.push_back(in.lanes().find(lane->env, lane->lane));
  }
}

void begin_events(store& in, store_news& news) {
  news.cursor.event = in.events().last_id();
  news.events_since = news.cursor.event;
}

void read_events(store& in, store_news& news, std::size_t page) {
  news.events = in.events().since(*news.cursor.event, page);
  if (news.events.empty())
    return;
  news.events_since = news.cursor.event;
  news.cursor.event = news.events.back().id;
  news.more = news.more || news.events.size() == page;
}

} // namespace

store_news read_news(store& in, const watch_cursor& from, event_wish events, std::size_t page) {
  store_news news{from};
  auto& cursor = news.cursor;
  cursor.version = in.data_version();
  news.moved = from.version && from.version != cursor.version;
  const bool changed = news.moved || from.behind;
  if (!from.version) {
    cursor.command = in.commands().last_id();
    cursor.audit = in.audit().last_id();
  } else if (changed) {
    read_commands(in, news, page);
    read_lanes(in, news, page);
  }
  if (events == event_wish::none)
    cursor.event.reset();
  else if (events == event_wish::now && !cursor.event)
    begin_events(in, news);
  else if (events == event_wish::now && changed)
    read_events(in, news, page);
  cursor.behind = news.more || (events == event_wish::later && changed);
  return news;
}

} // namespace sluice
