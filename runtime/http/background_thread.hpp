#pragma once

#include <functional>
#include <thread>

namespace sluice {

/// Starts a thread that no signal is delivered to, so that SIGTERM and SIGINT reach those who wait for them.
std::thread start_background_thread(std::function<void()> work);

} // namespace sluice
