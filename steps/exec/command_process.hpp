#pragma once

#include "steps/exec/guard_order.hpp"
#include "steps/owned_descriptor.hpp"

#include <cstdint>
#include <optional>
#include <sys/types.h>

namespace sluice {

/// Why a command did not begin.
struct begin_failure {
  enum class stage : std::uint8_t { process, folder, program };
  stage where = stage::process;
  /// errno.
  int why = 0;
};

/// The command under a guard: a process group of its own that is killed when the guard dies, with the guard's
/// three streams, no other descriptors, no blocked and no ignored signals. Only in a process with one thread.
class command_process {
public:
  /// Forks. Whether the program could be executed is told by `failure_pipe`.
  explicit command_process(const guard_order& order);

  /// The process; 0: there is none.
  pid_t id() const noexcept { return id_; }
  /// Readable once it is known whether the command has begun.
  int failure_pipe() const noexcept { return failure_.get(); }
  /// Returns why it has not begun, or nothing when it has. Waits until that is known.
  std::optional<begin_failure> failure();

private:
  pid_t id_ = 0;
  owned_descriptor failure_;
  std::optional<begin_failure> known_;
};

} // namespace sluice
