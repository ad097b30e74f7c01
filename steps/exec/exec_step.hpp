#pragma once

#include "steps/step_runner.hpp"

#include <filesystem>

namespace sluice {

/// The kind `exec`: runs a program under a guard (docs/steps.md). `guard_program`: see `step_surroundings`.
step_type exec_step_type(std::filesystem::path guard_program);

} // namespace sluice
