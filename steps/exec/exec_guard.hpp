#pragma once

namespace sluice {

/// True for `PROGRAM exec-guard`: the program was started to guard the command of an `exec` step.
bool is_exec_guard_call(int argc, const char* const* argv) noexcept;

/// Guards one command and returns the exit status of the program. A program whose steps are guarded by itself
/// (`step_surroundings`) calls it first thing in main:
///
///     if (sluice::is_exec_guard_call(argc, argv))
///       return sluice::run_exec_guard(argc, argv);
///
/// The guard is the leader of a session of its own and adopts orphans (PR_SET_CHILD_SUBREAPER), so nothing
/// that the command starts gets away. It waits until nothing of the attempt before is left (`attempt_lock`),
/// starts the command, and kills everything when the worker dies or its lease runs out (at once), when it is
/// told to stop (after a grace period), and when the command has ended. It ends itself when nothing is left.
///
/// Descriptors: 0 to 2 are those of the command, 3 is a `guard_channel`, 4 holds a `guard_order`. Started by
/// anybody else it says so and returns 2.
int run_exec_guard(int argc, char** argv);

/// Where the guard finds its channel and its order.
inline constexpr int guard_channel_place = 3;
/// See `guard_channel_place`.
inline constexpr int guard_order_place = 4;

} // namespace sluice
