#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace sluice {

/// A `fault_worker` in a process of its own, killed at the latest when the object goes. Unlike a
/// `forked_child` it may be started from any thread, and waited for with a limit. Thread: one at a time.
class worker_process {
public:
  /// `environment`: `NAME=VALUE`, beside what this process has. Throws std::system_error.
  worker_process(const std::filesystem::path& folder, const std::string& task,
                 const std::vector<std::string>& environment = {}, unsigned parallel_runs = 4);
  worker_process(worker_process&& other) noexcept;
  worker_process& operator=(worker_process&& other) noexcept;
  ~worker_process();

  /// Returns the program, which also guards `exec` steps.
  static std::filesystem::path program();

  void signal(int number) const noexcept;
  /// Stops it, and waits until it stands still.
  void stop() const;
  /// Returns whether it has ended by then.
  bool ends_within(std::chrono::milliseconds time);
  /// Returns the exit status, or 128 + the signal. Waits for five minutes at most, then kills it: -1.
  int wait();
  /// Kills it, also when it stands still, and waits for its end.
  void kill();

private:
  void collect();

  pid_t id_ = 0;
  int handle_ = -1;
  int status_ = 0;
};

} // namespace sluice
