#pragma once

#include "model/base/log.hpp"
#include "runtime/embed/flow_runtime.hpp"
#include "steps/step_runner.hpp"

#include <functional>
#include <memory>

namespace sluice {

class rule_places;

/// Returns the kinds of step that this program has: the built-in ones and `flow`. `log` hears of flows.
/// @param flows returns the runtime in which flows of steps run, and which outlives every step; none: one is
/// made when the first begins.
/// @param rules where `rules` nodes of flows get theirs; none: such a flow fails.
std::shared_ptr<const step_registry> builtin_step_registry(const log_sink& log,
                                                           std::function<flow_runtime&()> flows = {},
                                                           std::shared_ptr<rule_places> rules = nullptr);

} // namespace sluice
