#pragma once

#include <csignal>

namespace sluice {

/// While it lives, a write of this thread to a closed connection is an error and not the end of the process:
/// SIGPIPE is held back, and thrown away at the end unless it was waiting before. Thread: the one that made
/// it.
class signal_shield {
public:
  signal_shield();
  signal_shield(const signal_shield&) = delete;
  signal_shield& operator=(const signal_shield&) = delete;
  ~signal_shield();

private:
  sigset_t before_;
  bool was_pending_;
};

} // namespace sluice
