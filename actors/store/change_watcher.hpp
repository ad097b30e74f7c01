#pragma once

#include "actors/messaging/flow_actor.hpp"
#include "actors/store/failure_log.hpp"
#include "actors/store/look_pace.hpp"
#include "actors/store/store_access.hpp"
#include "actors/store/store_messages.hpp"
#include "actors/store/watch_messages.hpp"
#include "model/base/log.hpp"
#include "model/run/run_defaults.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include <chrono>
#include <cstddef>
#include <vector>

namespace sluice {

struct watcher_settings {
  /// Whose reader looks.
  store_access store;
  /// Says when this process has changed something.
  caf::actor writer;
  log_sink log = {};
  std::chrono::milliseconds pause = defaults::watch_pause;
  std::chrono::milliseconds retry_pause = defaults::watch_retry_pause;
  /// Most commands, and most events, of one look.
  std::size_t page = defaults::event_page;
};

/// Looks for what was committed, by this process or another, and tells whoever wants to hear: at once after
/// the own writer's commits, else by the clock. Begins with `begin_watching`, and whenever somebody wants to
/// hear of something and nobody did before, at the present end of each table. Ends with `stop_store`.
class change_watcher final : public flow_actor {
public:
  change_watcher(caf::actor_config& config, watcher_settings settings);

  const char* name() const override { return "sluice.change_watcher"; }

private:
  struct listener {
    caf::actor who;
    watch_wishes wants;
    /// It knows from where on it hears of commands.
    bool told = false;
    /// It has events that it has not answered.
    bool hearing = false;
  };

  caf::behavior make_behavior() override;
  void on_exit() override;
  void begin();
  /// The store is there, and somebody wants to hear of it.
  bool awake() const noexcept { return begun_ && !listeners_.empty(); }
  void wake();
  void wait_for_tick();
  void look_soon();
  void look();
  void finish_look(const look_done& done);
  void put(const watch_store& wish);
  void remove(const caf::actor& who);
  void heard(const caf::actor& who);
  event_wish wish() const noexcept;
  void publish(const store_news& news);
  void tell_commands(listener& to, const std::vector<command_row>& commands);
  void tell_events(listener& to, std::int64_t since, const std::vector<run_event>& events);

  watcher_settings settings_;
  std::vector<listener> listeners_;
  watch_cursor cursor_;
  look_pace pace_;
  failure_log trouble_;
  bool begun_ = false;
  bool ticking_ = false;
};

/// Returns a watcher that waits for `begin_watching`.
caf::actor spawn_change_watcher(caf::actor_system& in, watcher_settings settings);

} // namespace sluice
