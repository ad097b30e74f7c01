#include "persistence/sqlite/sqlite_store.hpp"

#include "persistence/sqlite/connection.hpp"
#include "persistence/sqlite/migrations.hpp"
#include "persistence/sqlite/run_keys.hpp"
#include "persistence/sqlite/sqlite_runs.hpp"
#include "persistence/sqlite/sqlite_tables.hpp"

namespace sluice {

struct sqlite_store::parts {
  explicit parts(const sqlite_options& options) : in(options) {}

  connection in;
  run_keys keys{in};
  sqlite_runs runs{in, keys};
  sqlite_steps steps{in, keys};
  sqlite_commands commands{in, keys};
  sqlite_events events{in, keys};
  sqlite_leases leases{in, keys};
  sqlite_lanes lanes{in};
  sqlite_audit audit{in};
};

sqlite_store::sqlite_store(const sqlite_options& options, utc_time now)
    : parts_(std::make_unique<parts>(options)) {
  if (options.access == sqlite_access::write)
    migrate(parts_->in, all_migrations(), now);
  else
    require_schema(parts_->in, all_migrations());
}

sqlite_store::~sqlite_store() = default;

void sqlite_store::begin() {
  parts_->in.begin();
}

void sqlite_store::commit() {
  try {
    parts_->in.commit();
  } catch (...) {
    parts_->keys.forget();
    throw;
  }
}

void sqlite_store::roll_back() noexcept {
  parts_->in.roll_back();
  parts_->keys.forget();
}

run_store& sqlite_store::runs() {
  return parts_->runs;
}
step_store& sqlite_store::steps() {
  return parts_->steps;
}
command_store& sqlite_store::commands() {
  return parts_->commands;
}
event_store& sqlite_store::events() {
  return parts_->events;
}
lease_store& sqlite_store::leases() {
  return parts_->leases;
}
lane_store& sqlite_store::lanes() {
  return parts_->lanes;
}
audit_store& sqlite_store::audit() {
  return parts_->audit;
}

std::int64_t sqlite_store::data_version() {
  return parts_->in.number("PRAGMA data_version");
}

std::uint32_t sqlite_store::log_pages() const noexcept {
  return parts_->in.log_pages();
}

std::uint32_t sqlite_store::checkpoint() {
  const connection::turn mine(parts_->in);
  return parts_->in.checkpoint(true);
}

} // namespace sluice
