#include "model/base/fault_point.hpp"

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <string>
#include <sys/types.h>
#include <unistd.h>

// SLUICE_FAULT=NAME or NAME:N    the process dies by SIGKILL when it passes NAME for the Nth (first) time
// SLUICE_FAULT_ONCE=FILE         of all processes with this, only the first dies: it makes FILE
// SLUICE_FAULT_LOG=FILE          each name that is passed is appended to FILE, a line each
//
// All are read at the first point that a process passes; a fork reads them anew and counts from 0.

namespace sluice {

namespace {

struct fault_script {
  std::mutex mutex;
  pid_t process = 0;
  std::string fatal_name;
  std::uint64_t passings_left = 0;
  int log = -1;

  void read() {
    process = ::getpid();
    const char* const fatal = std::getenv("SLUICE_FAULT");
    fatal_name = fatal == nullptr ? "" : fatal;
    passings_left = 1;
    if (const auto colon = fatal_name.find(':'); colon != std::string::npos) {
      passings_left = std::strtoull(fatal_name.c_str() + colon + 1, nullptr, 10);
      fatal_name.resize(colon);
    }
    if (log >= 0)
      ::close(log);
    const char* const file = std::getenv("SLUICE_FAULT_LOG");
    log = file == nullptr ? -1 : ::open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  }

  void pass(const char* name) {
    if (process != ::getpid())
      read();
    if (log >= 0) {
      // In one call, so that lines of several processes do not mix.
      const auto line = std::string(name) + '\n';
      if (::write(log, line.data(), line.size()) < 0)
        std::abort();
    }
    if (fatal_name == name && passings_left > 0 && --passings_left == 0 && is_first())
      die();
  }

  static bool is_first() {
    const char* const file = std::getenv("SLUICE_FAULT_ONCE");
    if (file == nullptr)
      return true;
    const int made = ::open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    ::close(made);
    return made >= 0;
  }

  [[noreturn]] static void die() {
    ::kill(::getpid(), SIGKILL);
    for (;;)
      ::pause();
  }
};

} // namespace

void armed::fault_point(const char* name) noexcept {
  static fault_script script;
  const std::lock_guard guard(script.mutex);
  script.pass(name);
}

} // namespace sluice
