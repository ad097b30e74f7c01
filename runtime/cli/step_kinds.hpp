#pragma once

#include "model/base/log.hpp"
#include "steps/step_runner.hpp"

#include <memory>

namespace sluice {

/// Returns the kinds of step that this program has: the built-in ones and `flow`. `log` hears of flows.
std::shared_ptr<const step_registry> builtin_step_registry(const log_sink& log);

} // namespace sluice
