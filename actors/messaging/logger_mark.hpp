#pragma once

#include <caf/logger.hpp>

namespace sluice {

/// CAF marks each thread that makes an actor system, or spawns into one, with a counted reference to that
/// system's logger, and the system's destruction waits for the last of them: a thread that lives on would
/// hold it up for ever. While one of these lives its thread may spawn; at its end a new mark is gone.
class logger_mark {
public:
  logger_mark() : before_(caf::logger::current_logger()) {}
  ~logger_mark() {
    if (caf::logger::current_logger() != before_)
      caf::logger::set_current_actor_system(nullptr);
  }
  logger_mark(const logger_mark&) = delete;
  logger_mark& operator=(const logger_mark&) = delete;

private:
  /// Only compared: it may be gone.
  const caf::logger* before_;
};

} // namespace sluice
