#pragma once

#include "steps/step_runner.hpp"

#include <filesystem>

namespace sluice {

/// The program that runs, whatever it is called and even if its file was replaced.
inline constexpr const char* this_program = "/proc/self/exe";

/// What the built-in kinds need from their surroundings.
struct step_surroundings {
  /// The program that guards processes: `PROGRAM exec-guard …` calls `run_exec_guard`. A program whose
  /// own `main` does so names `this_program`. Empty: `exec` steps fail with `no_guard`.
  std::filesystem::path guard_program = {};
};

/// Adds `noop`, `sleep`, `exec` and `http`.
void register_builtin_steps(step_registry& to, const step_surroundings& surroundings = {});

} // namespace sluice
