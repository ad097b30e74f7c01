#pragma once

#include "actors/runs/run_meters.hpp"
#include "actors/store/store_access.hpp"
#include "model/base/log.hpp"
#include "model/base/random_source.hpp"
#include "model/run/step_policy.hpp"
#include "persistence/owners/host_clock.hpp"
#include "steps/step_runner.hpp"

#include <caf/actor.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>

namespace sluice {

/// What the actors of one runtime share: set once, then only read.
struct run_surroundings {
  store_access store;
  lease_owner owner;
  std::chrono::milliseconds lease_ttl{0};
  std::chrono::milliseconds step_grace{0};
  std::shared_ptr<const step_registry> steps;
  step_policy policy;
  run_clock clock;
  /// Makes a source of chance for one actor.
  std::function<random_source()> make_random;
  /// See `step_context`; empty: none.
  std::filesystem::path attempt_locks;
  /// Returns whether the owner of a lease is known to be dead. Called on the store's threads.
  std::function<bool(const lease_owner&)> is_dead;
  /// Keeps the proof that this owner lives; none: there is none to keep. Called on the store's threads.
  std::function<void()> keep_alive;
  log_sink log;
  std::shared_ptr<run_meters> meters = std::make_shared<run_meters>();
};
using run_surroundings_pointer = std::shared_ptr<const run_surroundings>;

} // namespace sluice
