#pragma once

#include <chrono>
#include <thread>

namespace sluice::testing {

/// Looks until `look` is true; false when that does not come about in time.
template <class Look>
bool comes_about(Look&& look, std::chrono::seconds bound = std::chrono::seconds{60}) {
  const auto until = std::chrono::steady_clock::now() + bound;
  while (!look()) {
    if (std::chrono::steady_clock::now() > until)
      return false;
    std::this_thread::yield();
  }
  return true;
}

} // namespace sluice::testing
