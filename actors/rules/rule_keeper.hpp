#pragma once

#include "actors/messaging/flow_actor.hpp"
#include "actors/rules/descriptor_watch.hpp"
#include "actors/rules/rule_keeping.hpp"
#include "actors/rules/rule_messages.hpp"
#include "actors/store/failure_log.hpp"
#include "actors/store/watch_messages.hpp"

#include <caf/actor.hpp>
#include <caf/actor_clock.hpp>
#include <caf/actor_system.hpp>

#include <chrono>
#include <memory>
#include <optional>

namespace sluice {

struct rule_keeper_settings : rule_keeping_settings {
  /// Tells of commits to the database that the rules are in; none: a directory, or nobody does.
  caf::actor watcher = {};
  /// Released when the keeper has ended: what the store needs to live.
  std::shared_ptr<void> holding = {};
  /// Longest pause between two looks: clocks step, and what should wake it may be lost.
  std::chrono::milliseconds pause = std::chrono::seconds{1};
  /// The same while nothing says that there is reason to look, or after a failure.
  std::chrono::milliseconds short_pause{250};
  /// Least pause after a look for the next one that a commit gives reason for: a store of busy runs commits
  /// a thousand times a second.
  std::chrono::milliseconds breath{10};
};

/// Owns a `rule_keeping`, on a thread of its own: it waits for its store and compiles. Looks when its store's
/// descriptor or the change watcher says so, when a state expires, and at least every `pause`. The first
/// `keeper_task` is to load it. Ends by `stop_keeper` only.
class rule_keeper final : public flow_actor {
public:
  rule_keeper(caf::actor_config& config, rule_keeper_settings settings);

  const char* name() const override { return "sluice.rule_keeper"; }

private:
  using time_point = caf::actor_clock::time_point;

  caf::behavior make_behavior() override;
  void on_exit() override;
  void run(keeper_ticket& ticket);
  void begin();
  void look_soon();
  void look();
  void wait_for_descriptor();
  void wait_for_tick();
  std::chrono::nanoseconds time_to_tick() const;

  rule_keeper_settings settings_;
  std::optional<rule_keeping> keeping_;
  std::unique_ptr<descriptor_watch> watch_;
  failure_log watch_trouble_;
  std::uint64_t generation_ = 0;
  /// When the tick of the present generation comes.
  std::optional<time_point> tick_at_;
  time_point looked_at_ = {};
  bool begun_ = false;
  bool look_asked_ = false;
};

/// Returns a keeper that waits for its first task.
caf::actor spawn_rule_keeper(caf::actor_system& in, rule_keeper_settings settings);

} // namespace sluice
