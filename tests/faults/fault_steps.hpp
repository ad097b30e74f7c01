#pragma once

#include "model/base/uuid.hpp"
#include "model/run/run_command.hpp"
#include "model/run/step_graph.hpp"
#include "steps/step_runner.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace sluice {

/// What steps can do to the worker that carries them out.
struct worker_hands {
  std::function<void(const uuid& run, run_command command)> tell;
  std::function<void()> stop_worker;
  /// The machine sleeps: CLOCK_BOOTTIME goes on, and every lease has ended when it wakes up.
  std::function<void()> suspend;
};

/// The built-in kinds, `flow`, and those that bring a run into every state:
/// `effect`   appends its token to the file `effects` in the current folder; the first `fail` attempts fail
/// `tell`     tells its own run each of `commands`, in its first attempt
/// `stop`     stops the worker, once
/// `suspend`  lets the machine sleep, in its first attempt
/// `guard`: the program that guards `exec` steps, as in `step_surroundings`.
std::shared_ptr<step_registry> fault_steps(std::shared_ptr<const worker_hands> hands,
                                           std::filesystem::path guard = {});

/// Returns the graph of a JSON text; throws when it is wrong.
step_graph fault_graph(const step_registry& steps, const std::string& text);

/// Returns a JSON text: an `exec` step that appends its token to `effects`, then ends after `seconds`.
std::string exec_effect(const std::string& more = "", const std::string& seconds = "0");

} // namespace sluice
