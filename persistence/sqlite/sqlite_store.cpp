#include "persistence/sqlite/sqlite_store.hpp"

#include "persistence/sqlite/migrations.hpp"
#include "persistence/sqlite/query.hpp"
#include "persistence/sqlite/run_keys.hpp"
#include "persistence/sqlite/sqlite_connection.hpp"
#include "persistence/sqlite/sqlite_runs.hpp"
#include "persistence/sqlite/sqlite_tables.hpp"

#include <optional>

namespace sluice {

struct sqlite_store::parts {
  explicit parts(const sqlite_options& options) : in(options) {}

  sqlite_connection in;
  run_keys keys{in};
  sqlite_runs runs{in, keys};
  sqlite_steps steps{in, keys};
  sqlite_commands commands{in, keys};
  sqlite_events events{in, keys};
  sqlite_leases leases{in, keys};
  sqlite_lanes lanes{in};
  sqlite_audit audit{in};
  sqlite_rules rules{in};
  std::optional<std::int64_t> version;

  /// As of this transaction, for as long as it lasts: what is remembered was written here, or by others.
  void look_for_others() {
    query look(in, "PRAGMA data_version");
    const auto now = look.next() ? std::optional(look.integer()) : std::nullopt;
    if (now != version)
      keys.others_wrote();
    version = now;
  }
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
  try {
    parts_->look_for_others();
  } catch (...) {
    roll_back();
    throw;
  }
}

void sqlite_store::commit() {
  try {
    parts_->lanes.write();
    parts_->in.commit();
  } catch (...) {
    roll_back();
    throw;
  }
  parts_->lanes.forget();
}

void sqlite_store::roll_back() noexcept {
  parts_->in.roll_back();
  parts_->keys.forget();
  parts_->lanes.forget();
}

bool sqlite_store::last_commit_wrote() const noexcept {
  return parts_->in.last_commit_wrote();
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
rule_table& sqlite_store::rules() {
  return parts_->rules;
}

std::int64_t sqlite_store::data_version() {
  return parts_->in.number("PRAGMA data_version");
}

std::uint32_t sqlite_store::log_pages() const noexcept {
  return parts_->in.log_pages();
}

std::uint32_t sqlite_store::checkpoint() {
  const sqlite_connection::turn mine(parts_->in);
  return parts_->in.checkpoint(true);
}

} // namespace sluice
