#include "actors/runs/event_bus.hpp"

#include "actors/messaging/send.hpp"
#include "actors/store/watch_messages.hpp"
#include "persistence/requests/read_events.hpp"

#include <caf/actor_cast.hpp>

#include <utility>

namespace sluice {

event_bus::event_bus(caf::actor_config& config, event_bus_settings settings)
    : flow_actor(config),
      settings_(std::move(settings)),
      recent_(settings_.window),
      trouble_(settings_.log, "event_history") {}

caf::behavior event_bus::make_behavior() {
  return {
      [this](const events_arrived& arrived) {
        recent_.add(arrived.since, arrived.events);
        serve_all();
        send_normal(this, settings_.watcher, events_heard{caf::actor_cast<caf::actor>(this)});
      },
      [this](const events_taken& taken) { on_taken(taken); },
      [this](const events_read& read) { on_read(read); },
      [this](const subscribe_events& wanted) { add(wanted); },
      [this](const unsubscribe_events& gone) {
        remove(gone.who);
        send_normal(this, gone.who, events_ended{});
      },
      [this](const read_again&) {
        reading_again_ = false;
        for (auto& [who, each] : subscribers_)
          each.failed = false;
        serve_all();
      },
      [this](const stop_event_bus&) { end_all(); },
  };
}

void event_bus::on_exit() {
  subscribers_.clear();
  settings_.meters->subscribers = 0;
  settings_.store = {};
  settings_.watcher = nullptr;
}

void event_bus::add(const subscribe_events& wanted) {
  remove(wanted.who);
  if (subscribers_.empty())
    follow(true);
  subscriber added{wanted.who, event_feed(wanted.since, wanted.run, settings_.limits), ++last_number_};
  auto& kept = subscribers_.emplace(wanted.who, std::move(added)).first->second;
  settings_.meters->subscribers = subscribers_.size();
  serve(kept);
}

void event_bus::remove(const caf::actor& who) {
  const auto found = subscribers_.find(who);
  if (found == subscribers_.end())
    return;
  subscribers_.erase(found);
  settings_.meters->subscribers = subscribers_.size();
  if (subscribers_.empty())
    follow(false);
}

void event_bus::follow(bool wanted) {
  recent_.forget();
  send_normal(this, settings_.watcher,
              watch_store{caf::actor_cast<caf::actor>(this), {false, wanted, false}});
}

void event_bus::on_taken(const events_taken& taken) {
  const auto found = subscribers_.find(taken.who);
  if (found == subscribers_.end())
    return;
  found->second.feed.acknowledge(taken.count);
  serve(found->second);
}

void event_bus::on_read(const events_read& read) {
  const auto found = subscribers_.find(read.who);
  if (found == subscribers_.end() || found->second.number != read.subscription)
    return;
  auto& of = found->second;
  if (read.failure)
    return on_read_failure(of, read.failure);
  trouble_.succeeded();
  ++settings_.meters->history_pages;
  hand_on(of, of.feed.finish_reading(std::move(*read.page)));
  serve(of);
}

void event_bus::on_read_failure(subscriber& of, const std::exception_ptr& why) {
  ++settings_.meters->history_failures;
  trouble_.failed(why);
  of.feed.fail_reading();
  of.failed = true;
  if (!std::exchange(reading_again_, true))
    delayed_send(this, settings_.retry_pause, read_again{});
}

void event_bus::serve_all() {
  for (auto& [who, each] : subscribers_)
    serve(each);
}

void event_bus::serve(subscriber& each) {
  for (;;) {
    switch (each.feed.next(recent_)) {
    case event_feed::source::none:
      return;
    case event_feed::source::window:
      hand_on(each, each.feed.take(recent_));
      break;
    case event_feed::source::history:
      return read_history(each);
    }
  }
}

void event_bus::read_history(subscriber& of) {
  if (of.failed)
    return;
  settings_.store.read<event_page>(
      [query = of.feed.begin_reading(recent_)](store& in, utc_time) { return read_events(in, query); },
      [self = caf::actor_cast<caf::actor>(this), who = of.who,
       number = of.number](store_result<event_page> result) {
        events_read read{who, number, nullptr, nullptr};
        if (result.failed())
          read.failure = std::move(result).failure();
        else
          read.page = std::make_shared<event_page>(std::move(result.get()));
        send_outside(self, std::move(read));
      });
}

void event_bus::hand_on(subscriber& to, std::vector<run_event> events) {
  if (events.empty())
    return;
  settings_.meters->delivered += events.size();
  send_normal(this, to.who, next_events{std::move(events)});
}

void event_bus::end_all() {
  for (const auto& [who, each] : subscribers_)
    send_normal(this, each.who, events_ended{});
  follow(false);
  quit(caf::exit_reason::user_shutdown);
}

caf::actor spawn_event_bus(caf::actor_system& in, event_bus_settings settings) {
  return in.spawn<event_bus>(std::move(settings));
}

} // namespace sluice
