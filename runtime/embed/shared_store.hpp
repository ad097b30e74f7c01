#pragma once

#include "actors/store/store_access.hpp"

#include <caf/actor.hpp>

#include <filesystem>

namespace sluice {

/// The store of a `run_runtime`, for others of this process that keep something in the same database. Not
/// held longer than the runtime lives.
struct shared_store {
  store_access access;
  /// Takes `watch_store` (actors/store/watch_messages.hpp).
  caf::actor watcher;
  /// Empty: in memory.
  std::filesystem::path database = {};
};

} // namespace sluice
