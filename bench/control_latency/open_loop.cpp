#include "bench/control_latency/open_loop.hpp"

#include <sys/prctl.h>

namespace sluice::bench {

void wake_precisely() {
  prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
}

} // namespace sluice::bench
