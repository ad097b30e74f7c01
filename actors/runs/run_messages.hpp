#pragma once

#include "actors/runs/run_conductor.hpp"
#include "actors/store/store_access.hpp"
#include "model/run/tick_rules.hpp"
#include "persistence/operations/change_run.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

/// Every message between the actors of durable runs. All are local. "urgent" ones are sent with high
/// priority.
namespace sluice {

// -- scheduler ↔ run

/// Urgent. Somebody told the run something; it was persisted before.
struct run_told {
  command_row command;
};
/// Urgent. Nothing more begins; what is under way is interrupted after `grace`.
struct hand_back_run {
  std::chrono::milliseconds grace;
};
/// Urgent. Its lane was switched off: nothing more begins, and once nothing is under way the run is handed
/// back. What is under way ends by itself.
struct lane_closed {};
/// Run → scheduler: it is out of this worker's hands; its actor ends. `lost`: another may have it.
struct run_left {
  uuid run;
  std::uint64_t token;
  run_status status;
  /// Attempts that were begun since it was claimed.
  std::uint64_t ticks;
  bool lost;
};

/// Urgent. Owner → scheduler, lease manager, event bus: end.
struct end_actor {};

// -- lease manager

/// Urgent. Run → lease manager: it was granted; `sent` is CLOCK_BOOTTIME before the request was sent.
struct lease_taken {
  uuid run;
  std::uint64_t token;
  std::chrono::nanoseconds sent;
  caf::actor holder;
};
/// Urgent. Run → lease manager: it was given back, or lost.
struct lease_dropped {
  uuid run;
  std::uint64_t token;
};
/// Urgent. Lease manager → run: it may act until then (CLOCK_BOOTTIME).
struct lease_extended {
  std::chrono::nanoseconds deadline;
};
/// Urgent. Lease manager → run: it may act no longer.
struct lease_lost {
  std::string why;
};
/// A round of the lease manager is due.
struct lease_round {};
/// Urgent. The store has answered a renewal.
struct leases_renewed {
  std::uint64_t round;
  std::exception_ptr failure;
  std::vector<lease_refusal> refusals;
};
/// The store has answered a look for owners that are gone.
struct reclaim_answer {
  std::exception_ptr failure;
  bool found;
};

// -- attempts → run

struct attempt_ended {
  std::size_t step;
  std::uint32_t attempt;
  attempt_outcome outcome;
};
/// An event of an attempt that goes on: STEP_LOG or STEP_PROGRESS.
struct attempt_noted {
  run_event_draft event;
};
/// It stands still, as it was told to by order number `hold`.
struct attempt_held {
  std::size_t step;
  std::uint32_t attempt;
  std::uint64_t hold;
};

// -- run → itself

/// Urgent. The store has answered a turn.
struct turn_written {
  std::shared_ptr<store_result<boundary_answer>> result;
};
enum class run_alarm_kind : std::uint8_t {
  wake,
  write_again,
  flush,
  step_due,
  step_timeout,
  step_stuck,
  cut_off
};
/// A moment has come, or is nearer: long waits are cut, so that no timer outlives its run by much.
struct run_alarm {
  run_alarm_kind kind;
  std::size_t step;
  std::uint32_t attempt;
  std::uint64_t generation;
  /// Of the actor's clock, since its epoch.
  std::chrono::nanoseconds due;
};

// -- step actor

/// Run → step actor: begin.
struct begin_attempt_order {};

} // namespace sluice

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::run_told)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::hand_back_run)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::lane_closed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::run_left)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::end_actor)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::lease_taken)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::lease_dropped)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::lease_extended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::lease_lost)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::lease_round)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::leases_renewed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::reclaim_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::attempt_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::attempt_noted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::attempt_held)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::turn_written)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::run_alarm)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::begin_attempt_order)
