#pragma once

#include "nodes/io/file_descriptor.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace sluice {

/// How a process ended.
struct exit_status {
  /// What it returned; -1 when a signal ended it or when somebody else collected its status.
  int code = -1;
  /// The signal that ended it; 0 when it ended by itself.
  int signal = 0;

  bool success() const noexcept { return code == 0; }
};

/// Returns what happened, e.g. "exited with status 3" or "was ended by signal 9 (SIGKILL)".
std::string to_string(const exit_status& status);

/// Which streams of a child are pipes to here. Its stderr always is.
enum class child_stream : std::uint8_t {
  output, ///< its stdout; its stdin is /dev/null
  input,  ///< its stdin; its stdout is ours
};

/// A running program, in a process group of its own, started from an argument list without a shell. It
/// inherits no descriptors but its three streams, and no signal settings. Collected at the latest when this
/// dies: no zombies, no orphans. Thread: one.
class child_process {
public:
  /// Starts it. Throws `error("cannot_start")` that names the program.
  child_process(const std::vector<std::string>& command, child_stream stream);
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;
  /// Kills the group and collects the child, unless that was done.
  ~child_process();

  pid_t id() const noexcept { return id_; }
  /// Our ends of the pipes, non-blocking; `file_descriptor::none` when closed or not asked for.
  int input() const noexcept { return input_.get(); }
  int output() const noexcept { return output_.get(); }
  int errors() const noexcept { return errors_.get(); }
  /// Says "end of input" to the child.
  void close_input() noexcept { input_.close(); }

  /// What `wait` saw; several may be true.
  struct events {
    bool input = false;  ///< the child takes more, or never will
    bool output = false; ///< there is output, or its end
    bool errors = false; ///< there is something on stderr, or its end
    bool exited = false; ///< it has exited, or had before
  };
  /// Waits at most `longest` until one of the open pipes is ready or the child exits. That it has exited
  /// wakes it once only: the pipes of a child may outlive it.
  events wait(std::chrono::milliseconds longest, bool want_input = false);
  /// The child closed its stderr: no longer wait for it.
  void close_errors() noexcept { errors_.close(); }
  /// The child closed its stdout: no longer wait for it.
  void close_output() noexcept { output_.close(); }

  /// Waits at most `longest` for the child to exit, whatever its pipes do. Returns how it ended, or nothing.
  std::optional<exit_status> wait_for_exit(std::chrono::nanoseconds longest);
  /// Returns how the child ended, or nothing while it runs.
  std::optional<exit_status> status();
  /// Asks the group to end (SIGTERM), throws away its output, waits for the whole group up to `grace`, then
  /// kills it.
  exit_status stop(std::chrono::nanoseconds grace);

private:
  void start(const std::vector<std::string>& command, const pipe_ends& data, const pipe_ends& diagnostics,
             child_stream stream);
  void collect(bool blocking);
  void discard_output();
  void signal_group(int number) const noexcept;
  bool group_lives() const noexcept;

  pid_t id_ = -1;
  file_descriptor process_;
  file_descriptor input_;
  file_descriptor output_;
  file_descriptor errors_;
  /// `wait` told that the child has exited. It is not collected by that: until then its group keeps its
  /// number.
  bool exit_seen_ = false;
  std::optional<exit_status> status_;
};

} // namespace sluice
