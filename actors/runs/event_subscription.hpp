#pragma once

#include "actors/runs/event_bus_meters.hpp"
#include "model/base/log.hpp"
#include "model/run/run_event.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace sluice {

/// What an `event_subscription` is made with.
struct event_subscription_settings {
  /// The `event_bus`.
  caf::actor bus;
  /// Events with an id above this one, of `run` or of all.
  std::int64_t since = 0;
  std::optional<uuid> run = {};
  /// Called with one or more events, in order, one call at a time, on a thread of the actor system: it must
  /// return soon. When it throws, that is logged and it is not called again.
  std::function<void(const std::vector<run_event>& events)> listener;
  log_sink log = {};
  /// The bus's; counts listeners that were dropped.
  std::shared_ptr<event_bus_meters> meters = {};
};

/// Calls a function with every event from a certain one on, once, in order. Any thread may destroy it, the
/// listener itself, too; when the destructor returns, no call is under way on another thread and none
/// follows. The actor system must outlive it.
class event_subscription {
public:
  event_subscription(caf::actor_system& in, event_subscription_settings settings);
  event_subscription(const event_subscription&) = delete;
  event_subscription& operator=(const event_subscription&) = delete;
  ~event_subscription();

private:
  class gate;
  class caller;
  std::shared_ptr<gate> gate_;
  caf::actor caller_;
};

} // namespace sluice
