#pragma once

#include "model/base/log.hpp"
#include "model/base/utc_time.hpp"
#include "model/run/run_defaults.hpp"
#include "persistence/requests/store_meters.hpp"
#include "persistence/store/store.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace sluice {

/// What a writer or a reader works with.
struct store_actor_settings {
  /// Opens the store; called on the actor's thread at the first request, and again at the next while it
  /// throws.
  std::function<std::unique_ptr<store>()> open;
  /// What requests are told as the time.
  std::function<utc_time()> clock;
  std::shared_ptr<store_meters> meters = std::make_shared<store_meters>();
  /// A thread of its own, because it waits for the disk. Without: for tests under a scheduler of theirs.
  bool detached = true;
};

/// What else a writer works with.
struct writer_settings : store_actor_settings {
  /// Called when nothing was to be done for `idle_pause` since the last commit, e.g. to shorten a log; none:
  /// nothing is to be tidied. What it throws is logged.
  std::function<void(store&)> tidy = {};
  log_sink log = {};
  std::size_t group_limit = defaults::store_group;
  std::chrono::milliseconds idle_pause = defaults::store_idle_pause;
};

} // namespace sluice
