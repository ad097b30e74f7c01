#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// The variables of a process's environment.
using environment_map = std::map<std::string, std::string, std::less<>>;

/// Returns what `block` (as `environ`: `NAME=value` strings, then a null pointer) holds. The first of two of
/// the same name counts, as for getenv.
environment_map read_environment(const char* const* block);

/// Returns the process's environment, and takes the variables that hold secrets out of it: their values are
/// overwritten where they stand, so that neither a program that is started, nor /proc/PID/environ, has them.
/// Thread: main, before any other is started, since nothing may read the environment meanwhile.
environment_map take_environment();

/// The variables that hold secrets of a server. The token of a client is none of them: a program that a flow
/// or a step starts may be one.
std::vector<std::string> secret_variables();

/// Names of the SLUICE_ family that are no settings: what clients, `runs work`, exec steps and tests use.
std::span<const std::string_view> other_variables() noexcept;

} // namespace sluice
