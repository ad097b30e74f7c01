#include "actors/rules/rule_keeper.hpp"

#include "actors/messaging/send.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace sluice {

rule_keeper::rule_keeper(caf::actor_config& config, rule_keeper_settings settings)
    : flow_actor(config),
      settings_(std::move(settings)),
      keeping_(std::in_place, settings_),
      watch_trouble_(settings_.log, "rule_watch") {}

caf::behavior rule_keeper::make_behavior() {
  return {
      [this](const keeper_task& task) { run(*task.ticket); },
      [this](const rules_moved&) { look(); },
      [this](const store_moved&) { look_soon(); },
      [this](const look_at_rules&) {
        look_asked_ = false;
        look();
      },
      [this](const keeper_tick& tick) {
        if (tick.generation != generation_)
          return;
        tick_at_.reset();
        look();
      },
      [this](const stop_keeper&) { quit(caf::exit_reason::user_shutdown); },
  };
}

void rule_keeper::on_exit() {
  if (begun_)
    send_outside(settings_.watcher, watch_store{caf::actor_cast<caf::actor>(this), {}});
  watch_.reset();
  keeping_.reset();
  settings_ = {};
}

void rule_keeper::run(keeper_ticket& ticket) {
  ticket.run(&*keeping_);
  if (!keeping_->is_loaded())
    return;
  if (!begun_)
    begin();
  wait_for_descriptor();
  wait_for_tick();
}

/// Between the load and this, something may have come.
void rule_keeper::begin() {
  begun_ = true;
  if (settings_.watcher)
    send_outside(settings_.watcher,
                 watch_store{caf::actor_cast<caf::actor>(this), {false, false, true, false}});
  look_soon();
}

void rule_keeper::look_soon() {
  if (!begun_ || std::exchange(look_asked_, true))
    return;
  const auto since = clock().now() - looked_at_;
  if (since >= settings_.breath)
    send_normal(this, caf::actor_cast<caf::actor>(this), look_at_rules{});
  else
    delayed_send(this, settings_.breath - since, look_at_rules{});
}

void rule_keeper::look() {
  if (!begun_)
    return;
  keeping_->look();
  looked_at_ = clock().now();
  wait_for_descriptor();
  wait_for_tick();
}

void rule_keeper::wait_for_descriptor() {
  const int descriptor = keeping_->descriptor();
  if (descriptor < 0 && !watch_)
    return;
  try {
    if (!watch_)
      watch_ = std::make_unique<descriptor_watch>(
          [self = caf::actor_cast<caf::actor>(this)] { send_urgent(self, rules_moved{}); });
    watch_->arm(descriptor);
    watch_trouble_.succeeded();
  } catch (...) {
    // The clock goes on looking.
    watch_trouble_.failed(std::current_exception());
  }
}

void rule_keeper::wait_for_tick() {
  const auto in = time_to_tick();
  const auto at = clock().now() + in;
  if (tick_at_ && *tick_at_ <= at)
    return;
  tick_at_ = at;
  delayed_send(this, in, keeper_tick{++generation_});
}

std::chrono::nanoseconds rule_keeper::time_to_tick() const {
  const bool hears = settings_.watcher || keeping_->descriptor() >= 0;
  if (keeping_->is_lagging() || !keeping_->is_whole() || !hears)
    return settings_.short_pause;
  const auto expiry = keeping_->next_expiry();
  if (!expiry)
    return settings_.pause;
  return std::clamp<std::chrono::nanoseconds>(*expiry - keeping_->now(), std::chrono::milliseconds{1},
                                              settings_.pause);
}

caf::actor spawn_rule_keeper(caf::actor_system& in, rule_keeper_settings settings) {
  return in.spawn<rule_keeper, caf::detached>(std::move(settings));
}

} // namespace sluice
