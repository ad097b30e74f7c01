#pragma once

#include "actors/messaging/flow_actor.hpp"
#include "actors/runs/event_bus_meters.hpp"
#include "actors/runs/event_messages.hpp"
#include "actors/store/failure_log.hpp"
#include "actors/store/store_access.hpp"
#include "model/base/log.hpp"
#include "model/run/event_feed.hpp"
#include "model/run/run_defaults.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace sluice {

struct event_bus_settings {
  /// Where history is read.
  store_access store;
  /// Says what is new.
  caf::actor watcher;
  log_sink log = {};
  event_feed_limits limits = {};
  /// Events kept in memory.
  std::size_t window = defaults::event_window;
  std::chrono::milliseconds retry_pause = defaults::event_retry_pause;
  std::shared_ptr<event_bus_meters> meters = std::make_shared<event_bus_meters>();
};

/// Gives every subscriber every event from where it wants to begin, once, in order, by whatever process it
/// was written: `event_feed` says what each gets next, from the newest events in memory or from the store.
/// Follows the store only while somebody has subscribed. Ends by `stop_event_bus` only.
class event_bus final : public flow_actor {
public:
  event_bus(caf::actor_config& config, event_bus_settings settings);

  const char* name() const override { return "sluice.event_bus"; }

private:
  struct subscriber {
    caf::actor who;
    event_feed feed;
    std::uint64_t number = 0;
    /// Its history could not be read; `read_again` is on its way.
    bool failed = false;
  };

  caf::behavior make_behavior() override;
  void on_exit() override;
  void add(const subscribe_events& wanted);
  void remove(const caf::actor& who);
  void follow(bool wanted);
  void on_taken(const events_taken& taken);
  void on_read(const events_read& read);
  void on_read_failure(subscriber& of, const std::exception_ptr& why);
  void serve_all();
  void serve(subscriber& each);
  void read_history(subscriber& of);
  void hand_on(subscriber& to, std::vector<run_event> events);
  void end_all();

  event_bus_settings settings_;
  std::map<caf::actor, subscriber> subscribers_;
  event_window recent_;
  failure_log trouble_;
  std::uint64_t last_number_ = 0;
  bool reading_again_ = false;
};

/// Returns a bus that has begun.
caf::actor spawn_event_bus(caf::actor_system& in, event_bus_settings settings);

} // namespace sluice
