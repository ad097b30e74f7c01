#pragma once

#include "actors/messaging/flow_actor.hpp"
#include "actors/store/failure_log.hpp"
#include "actors/store/janitor_meters.hpp"
#include "actors/store/store_access.hpp"
#include "model/base/log.hpp"
#include "model/run/clock_guard.hpp"
#include "model/run/retention.hpp"
#include "model/run/run_defaults.hpp"
#include "persistence/operations/age_out.hpp"
#include "persistence/owners/host_clock.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/behavior.hpp>
#include <caf/type_id.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>

namespace sluice {

struct janitor_settings {
  store_access store;
  retention_rules keep;
  /// By which things grow old; needed.
  run_clock clock = {};
  log_sink log = {};
  std::shared_ptr<janitor_meters> meters = std::make_shared<janitor_meters>();
  /// Between two sweeps, less when something is kept for a short time only; and between two transactions of
  /// one, in which others have the store.
  std::chrono::milliseconds pause = defaults::janitor_pause;
  std::chrono::milliseconds breath = defaults::janitor_breath;
  /// Rows that one transaction removes, about.
  std::size_t rows = defaults::janitor_rows;
};

/// Somebody → janitor: other rules from now on; it sweeps soon.
struct keep_by {
  retention_rules keep;
};
/// Janitor → itself: time to go on; only the newest counts.
struct sweep_due {
  std::uint64_t number;
};
/// A sweep's transaction, on the writer's thread → janitor.
struct swept {
  aged_out done;
  std::exception_ptr failure;
};

/// Ages out what is over, piece by piece: first when it begins, then after each `pause`; not while a wall
/// clock that was moved is not to be believed, which it logs as `clock_moved`. Ends with `stop_store`.
class store_janitor final : public flow_actor {
public:
  store_janitor(caf::actor_config& config, janitor_settings settings);

  const char* name() const override { return "sluice.store_janitor"; }

private:
  caf::behavior make_behavior() override;
  void on_exit() override;
  void sweep();
  void send_piece(utc_time now);
  void on_swept(const swept& answer);
  void wait(std::chrono::milliseconds time);
  std::chrono::milliseconds pause() const;
  std::chrono::milliseconds shortest_rule() const;

  janitor_settings settings_;
  failure_log trouble_;
  clock_guard guard_;
  std::uint64_t waits_ = 0;
  bool sweeping_ = false;
};

caf::actor spawn_store_janitor(caf::actor_system& in, janitor_settings settings);

} // namespace sluice

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::keep_by)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::sweep_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::swept)
