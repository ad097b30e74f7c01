#pragma once

#include "actors/messaging/flow_actor.hpp"
#include "actors/runs/run_messages.hpp"
#include "actors/runs/run_surroundings.hpp"
#include "steps/step_runner.hpp"

#include <caf/behavior.hpp>

#include <memory>

namespace sluice {

/// One attempt, as its run hands it over.
struct step_job {
  begun_attempt attempt;
  const step_type* type = nullptr;
  std::shared_ptr<step_signal> signal;
  run_surroundings_pointer around;
};

/// Carries out an attempt here and now and returns its outcome: an exception is a failure, and a result that
/// is too large or cannot be stored, too. `holder` hears of its log lines, its progress and when it stands
/// still.
attempt_outcome carry_out(const step_job& job, const caf::actor& holder);

/// Carries out one attempt on a thread of its own (spawn it detached), tells `holder` and ends.
class step_actor final : public flow_actor {
public:
  step_actor(caf::actor_config& config, step_job job, caf::actor holder);
  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  step_job job_;
  caf::actor holder_;
};

} // namespace sluice
