#pragma once

#include "actors/store/store_access.hpp"
#include "model/base/log.hpp"
#include "model/base/utc_time.hpp"
#include "model/run/run_defaults.hpp"
#include "persistence/requests/store_meters.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>

namespace sluice {

/// What the persistence actors of one database are made with.
struct store_actors_settings {
  /// The database file; empty: everything is in memory and gone with the actors.
  std::filesystem::path database = {};
  /// What requests are told as the time; needed.
  std::function<utc_time()> clock = {};
  log_sink log = {};
  /// Pause between two looks for what other processes have written.
  std::chrono::milliseconds watch_pause = defaults::watch_pause;
  /// Longest wait for other writers of the file; then `store_locked`.
  std::chrono::milliseconds lock_wait = defaults::store_lock_wait;
};

/// The persistence actors of one database: writer, reader and change watcher. Owns them: they end with it.
/// Any thread, but none inside an actor.
class store_actors {
public:
  store_actors(caf::actor_system& in, const store_actors_settings& settings);
  store_actors(store_actors&&) noexcept;
  store_actors& operator=(store_actors&&) = delete;
  /// Stops them, and waits for ten seconds at most.
  ~store_actors();

  const store_access& access() const noexcept;
  /// Takes `watch_store` (actors/store/watch_messages.hpp).
  const caf::actor& watcher() const noexcept;
  const store_meters& meters() const noexcept;
  /// The same for those who may outlive this object.
  std::shared_ptr<const store_meters> shared_meters() const noexcept;

  /// What waits already is still done; what comes later fails with `store_closed`. Returns whether all have
  /// ended, and closed the file, within `patience`; may be called again.
  bool stop(std::chrono::nanoseconds patience);

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

/// Starts the persistence actors of a database. The file is opened by the first request, which the writer
/// gets at once: a file that cannot be opened makes requests fail, and is tried again with the next.
store_actors open_store_actors(caf::actor_system& in, const store_actors_settings& settings);

} // namespace sluice
