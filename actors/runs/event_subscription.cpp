#include "actors/runs/event_subscription.hpp"

#include "actors/messaging/flow_actor.hpp"
#include "actors/messaging/send.hpp"
#include "actors/runs/event_messages.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>

#include <exception>
#include <mutex>
#include <string>
#include <utility>

namespace sluice {

/// Lets calls through until it is shut, which waits for the one under way.
class event_subscription::gate {
public:
  explicit gate(std::function<void(const std::vector<run_event>&)> listener)
      : listener_(std::move(listener)) {}

  /// Throws what the listener throws.
  void call(const std::vector<run_event>& events) {
    const std::lock_guard lock(mutex_);
    if (!open_)
      return;
    calling_ = true;
    try {
      listener_(events);
    } catch (...) {
      end_call();
      throw;
    }
    end_call();
  }

  void shut() {
    const std::lock_guard lock(mutex_);
    open_ = false;
    // A listener that shuts its own gate must not be destroyed under its feet.
    if (!calling_)
      listener_ = nullptr;
  }

private:
  void end_call() {
    calling_ = false;
    if (!open_)
      listener_ = nullptr;
  }

  /// Recursive: the listener may shut its own gate.
  std::recursive_mutex mutex_;
  std::function<void(const std::vector<run_event>&)> listener_;
  bool open_ = true;
  bool calling_ = false;
};

/// The subscriber that the bus knows: its answers keep a slow listener from being flooded.
class event_subscription::caller final : public flow_actor {
public:
  caller(caf::actor_config& config, event_subscription_settings settings, std::shared_ptr<gate> to)
      : flow_actor(config), settings_(std::move(settings)), gate_(std::move(to)) {}

  const char* name() const override { return "sluice.event_listener"; }

private:
  caf::behavior make_behavior() override {
    const auto self = caf::actor_cast<caf::actor>(this);
    send_normal(this, settings_.bus, subscribe_events{self, settings_.since, settings_.run});
    return {
        [this](const next_events& next) { call(next.events); },
        [this](const events_ended&) { quit(caf::exit_reason::user_shutdown); },
        [this](const stop_listening&) { unsubscribe(); },
    };
  }

  void on_exit() override {
    settings_ = {};
    gate_ = nullptr;
  }

  void call(const std::vector<run_event>& events) {
    try {
      gate_->call(events);
      send_normal(this, settings_.bus, events_taken{caf::actor_cast<caf::actor>(this), events.size()});
    } catch (const std::exception& trouble) {
      drop(trouble.what());
    } catch (...) {
      drop("no standard exception");
    }
  }

  void unsubscribe() {
    send_normal(this, settings_.bus, unsubscribe_events{caf::actor_cast<caf::actor>(this)});
    quit(caf::exit_reason::user_shutdown);
  }

  void drop(const std::string& why) {
    gate_->shut();
    if (settings_.meters)
      ++settings_.meters->dropped_listeners;
    if (settings_.log)
      settings_.log(log_level::error, "event_listener_failed",
                    "a listener to events threw and is not called any more: " + why);
    unsubscribe();
  }

  event_subscription_settings settings_;
  std::shared_ptr<gate> gate_;
};

event_subscription::event_subscription(caf::actor_system& in, event_subscription_settings settings)
    : gate_(std::make_shared<gate>(std::exchange(settings.listener, nullptr))),
      caller_(in.spawn<caller>(std::move(settings), gate_)) {}

event_subscription::~event_subscription() {
  gate_->shut();
  send_urgent(caller_, stop_listening{});
}

} // namespace sluice
