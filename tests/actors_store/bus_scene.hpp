#pragma once

#include "actors/runs/event_bus.hpp"
#include "actors/runs/event_subscription.hpp"
#include "actors/store/actor_endings.hpp"
#include "tests/support/store_actors_scene.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace sluice {

using id_list = std::vector<std::int64_t>;
using event_queue = mailbox_of_test<std::vector<run_event>>;

/// A bus over the persistence actors of one database; small limits, so that history is read often.
template <class Place>
struct bus_scene {
  store_actors_scene<Place> base;
  event_bus_settings settings;
  caf::actor bus;
  actor_endings endings;

  bus_scene() {
    settings.store = base.access();
    settings.watcher = base.stores.watcher();
    settings.log = base.actors.log();
  }
  ~bus_scene() {
    if (bus)
      BOOST_TEST(stop());
  }
  void start() {
    bus = spawn_event_bus(base.actors.system(), settings);
    endings.add(bus);
  }
  bool stop() {
    send_outside(bus, stop_event_bus{});
    return endings.wait_for(patience);
  }

  std::unique_ptr<event_subscription> subscribe(std::int64_t since, std::optional<uuid> run,
                                                std::function<void(const std::vector<run_event>&)> listener) {
    event_subscription_settings wanted;
    wanted.bus = bus;
    wanted.since = since;
    wanted.run = run;
    wanted.listener = std::move(listener);
    wanted.log = base.actors.log();
    wanted.meters = settings.meters;
    return std::make_unique<event_subscription>(base.actors.system(), std::move(wanted));
  }
  std::unique_ptr<event_subscription> subscribe(std::int64_t since, std::optional<uuid> run,
                                                event_queue& into) {
    return subscribe(since, run, [&into](const std::vector<run_event>& events) { into.put(events); });
  }
};

/// Takes events until there are `count`.
inline id_list take_ids(event_queue& from, std::size_t count) {
  id_list ids;
  while (ids.size() < count)
    for (const auto id : ids_of(from.take()))
      ids.push_back(id);
  return ids;
}

inline id_list after(const id_list& all, std::int64_t since) {
  id_list rest;
  for (const auto id : all)
    if (id > since)
      rest.push_back(id);
  return rest;
}

} // namespace sluice
