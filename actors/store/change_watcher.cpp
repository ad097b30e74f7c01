#include "actors/store/change_watcher.hpp"

#include "actors/messaging/send.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>
#include <utility>

namespace sluice {

change_watcher::change_watcher(caf::actor_config& config, watcher_settings settings)
    : flow_actor(config), settings_(std::move(settings)), trouble_(settings_.log, "store_watch") {}

caf::behavior change_watcher::make_behavior() {
  return {
      [this](const store_changed&) { look_soon(); },
      [this](const look_due&) {
        ticking_ = false;
        if (!awake())
          return;
        wait_for_tick();
        if (pace_.tick())
          look();
      },
      [this](const look_done& found) { finish_look(found); },
      [this](const watch_store& wish) { put(wish); },
      [this](const events_heard& by) { heard(by.who); },
      [this](const begin_watching&) { begin(); },
      [this](const stop_store&) { quit(caf::exit_reason::user_shutdown); },
  };
}

void change_watcher::on_exit() {
  listeners_.clear();
  settings_.store = {};
  settings_.writer = nullptr;
}

void change_watcher::begin() {
  if (std::exchange(begun_, true))
    return;
  send_urgent(settings_.writer, hear_of_changes{caf::actor_cast<caf::actor>(this)});
  wake();
}

void change_watcher::wake() {
  if (!awake())
    return;
  wait_for_tick();
  look_soon();
}

void change_watcher::wait_for_tick() {
  if (!std::exchange(ticking_, true))
    delayed_send(this, pace_.failing() ? settings_.retry_pause : settings_.pause, look_due{});
}

void change_watcher::look_soon() {
  if (awake() && pace_.ask())
    look();
}

void change_watcher::look() {
  const auto self = caf::actor_cast<caf::actor>(this);
  settings_.store.read<store_news>([from = cursor_, wish = wish(), page = settings_.page](
                                       store& in, utc_time) { return read_news(in, from, wish, page); },
                                   [self](store_result<store_news> result) {
                                     look_done found;
                                     if (result.failed())
                                       found.failure = std::move(result).failure();
                                     else
                                       found.news = std::make_shared<store_news>(std::move(result.get()));
                                     send_outside(self, std::move(found));
                                   });
}

void change_watcher::finish_look(const look_done& found) {
  if (found.failure) {
    trouble_.failed(found.failure);
    pace_.failed();
    for (const auto& each : listeners_)
      if (each.wants.commands && !each.told)
        send_urgent(each.who, watch_failed{found.failure});
    return;
  }
  trouble_.succeeded();
  // Who comes when nobody was there begins at the present end.
  cursor_ = awake() ? found.news->cursor : watch_cursor{};
  publish(*found.news);
  if (pace_.succeeded(found.news->more && awake()))
    look();
}

void change_watcher::put(const watch_store& wish) {
  remove(wish.who);
  if (!wish.wants.commands && !wish.wants.events && !wish.wants.moves && !wish.wants.lanes)
    return;
  auto& added = listeners_.emplace_back(listener{wish.who, wish.wants});
  if (cursor_.version)
    tell_commands(added, {});
  if (cursor_.event && wish.wants.events)
    tell_events(added, *cursor_.event, {});
  wake();
}

void change_watcher::remove(const caf::actor& who) {
  const auto found = std::find_if(listeners_.begin(), listeners_.end(),
                                  [&](const listener& each) { return each.who == who; });
  if (found == listeners_.end())
    return;
  listeners_.erase(found);
  if (!awake())
    cursor_ = {};
}

void change_watcher::heard(const caf::actor& who) {
  for (auto& each : listeners_)
    if (each.who == who)
      each.hearing = false;
  if (cursor_.behind)
    look_soon();
}

event_wish change_watcher::wish() const noexcept {
  auto result = event_wish::none;
  for (const auto& each : listeners_) {
    if (each.wants.events && each.hearing)
      return event_wish::later;
    if (each.wants.events)
      result = event_wish::now;
  }
  return result;
}

void change_watcher::publish(const store_news& news) {
  for (auto& each : listeners_) {
    if (!news.commands.empty() || !each.told)
      tell_commands(each, news.commands);
    if (each.wants.events && news.events_since)
      tell_events(each, *news.events_since, news.events);
    if (each.wants.lanes && !news.lanes.empty())
      send_urgent(each.who, lanes_set{news.lanes});
    if (each.wants.moves && news.moved)
      send_urgent(each.who, store_moved{});
  }
}

void change_watcher::tell_commands(listener& to, const std::vector<command_row>& commands) {
  to.told = true;
  if (to.wants.commands)
    send_urgent(to.who, commands_arrived{commands});
}

void change_watcher::tell_events(listener& to, std::int64_t since, const std::vector<run_event>& events) {
  to.hearing = true;
  send_normal(this, to.who, events_arrived{since, events});
}

caf::actor spawn_change_watcher(caf::actor_system& in, watcher_settings settings) {
  return in.spawn<change_watcher>(std::move(settings));
}

} // namespace sluice
