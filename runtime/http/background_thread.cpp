#include "runtime/http/background_thread.hpp"

#include <pthread.h>
#include <signal.h>
#include <utility>

namespace sluice {

namespace {

/// Blocks all signals in this thread while it lives; threads started meanwhile inherit that.
class signal_block {
public:
  signal_block() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~signal_block() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  signal_block(const signal_block&) = delete;
  signal_block& operator=(const signal_block&) = delete;

private:
  sigset_t before_;
};

} // namespace

std::thread start_background_thread(std::function<void()> work) {
  const signal_block quiet;
  return std::thread(std::move(work));
}

} // namespace sluice
