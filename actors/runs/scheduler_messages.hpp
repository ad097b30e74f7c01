#pragma once

#include "actors/runs/claim_batch.hpp"
#include "actors/runs/worker_options.hpp"
#include "actors/store/store_access.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

/// Messages to the run scheduler, beside those of its runs and of the change watcher. All are local.
namespace sluice {

// -- facade → scheduler, urgent. `done` is called once, on the scheduler's thread, and must not wait.

struct start_worker_order {
  worker_options settings;
  std::function<void(worker_report)> done;
};
/// Nothing new is claimed; what is under way is interrupted after `grace` and handed back.
struct stop_worker_order {
  std::chrono::milliseconds grace;
};
struct tick_order {
  lane_queue from;
  std::function<void(tick_report)> done;
};

// -- scheduler → itself

/// The store has answered a claim; `tick`: it was for a single tick.
struct claims_answered {
  std::size_t lane;
  std::uint64_t generation;
  std::size_t wanted;
  std::chrono::nanoseconds sent;
  std::shared_ptr<store_result<claim_batch>> result;
  std::function<void(tick_report)> tick;
};
/// What a look at a lane has shown.
struct lane_looked {
  std::size_t lane;
  std::uint64_t generation;
  bool failed;
  bool promising;
  /// Its switch is off although there is something to advance.
  bool closed;
  /// Somebody is on a run that has work.
  bool held;
  std::optional<utc_time> next_due;
};
/// Now and then: something may have become due.
struct look_round {
  std::uint64_t generation;
};

} // namespace sluice

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::start_worker_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::stop_worker_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::tick_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::claims_answered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::lane_looked)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::look_round)
