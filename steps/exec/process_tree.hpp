#pragma once

#include <cstdint>
#include <sys/types.h>
#include <vector>

namespace sluice {

/// A line of the system's list of processes. A pid comes back; with the start time it does not.
struct listed_process {
  pid_t id = 0;
  pid_t parent = 0;
  pid_t session = 0;
  /// Clock ticks since boot.
  std::uint64_t start_time = 0;
  /// Where its stack begins: elsewhere after each exec, because the system moves it about. A process that was
  /// forked, but has not executed its program yet, still deals with signals as its parent does.
  std::uint64_t image = 0;
};

/// Returns what `/proc` lists now, zombies included: a process whose first thread has ended looks like one.
std::vector<listed_process> list_processes();

/// Returns those of `all` that descend from `ancestor`, itself not among them.
std::vector<listed_process> descendants_of(pid_t ancestor, const std::vector<listed_process>& all);

/// Sends signal `number` to the process, unless it is gone and another has its number now.
void send_signal(const listed_process& to, int number);

/// Sends SIGKILL to every process of a session.
void kill_session(pid_t session);

} // namespace sluice
