#include "runtime/embed/run_parts.hpp"

#include "model/base/bounded_wait.hpp"
#include "persistence/owners/owner_lock.hpp"
#include "runtime/embed/random_sources.hpp"

#include <utility>

namespace sluice {

namespace {

std::filesystem::path attempts_file(const std::filesystem::path& database) {
  auto file = database;
  return database.empty() ? file : (file += ".attempts");
}

} // namespace

std::chrono::milliseconds bounded_grace(std::chrono::milliseconds grace) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(bounded_wait(grace));
}

store_actors_settings store_settings_of(const run_options& options, const run_clock& clock, log_sink log) {
  store_actors_settings made;
  made.database = options.database;
  made.clock = clock.utc;
  made.lock_wait = options.store_lock_wait;
  made.log = std::move(log);
  return made;
}

run_surroundings surroundings_of(const run_options& options, const lease_owner& owner, store_access store,
                                 const run_clock& clock, log_sink log) {
  run_surroundings around;
  around.store = std::move(store);
  around.owner = owner;
  around.lease_ttl = options.lease_ttl;
  around.step_grace = options.step_grace;
  around.steps = options.steps;
  around.policy = options.policy;
  around.clock = clock;
  around.make_random = random_maker();
  around.attempt_locks = attempts_file(options.database);
  around.log = std::move(log);
  if (!options.database.empty()) {
    const auto lock = std::make_shared<owner_lock>(owners_file(options.database), owner);
    around.keep_alive = [lock] { lock->keep(); };
    around.is_dead = [lock](const lease_owner& other) { return lock->is_dead(other); };
  }
  return around;
}

} // namespace sluice
