#pragma once

#include "tests/embed/embed_scene.hpp"

#include <atomic>
#include <future>

namespace sluice::testing {

/// A call that begins, and returns when it is told to.
struct slow_call {
  std::promise<void> entered;
  std::promise<void> released;
  std::atomic<bool> returned = false;

  void operator()() {
    entered.set_value();
    released.get_future().wait_for(patience);
    returned = true;
  }
};

} // namespace sluice::testing
