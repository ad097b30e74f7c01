#include "model/base/error.hpp"
#include "persistence/sqlite/query.hpp"
#include "persistence/sqlite/sqlite_tables.hpp"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <string_view>

namespace sluice {

namespace {

/// Reads token, owner, expires_boot_id and expires_ns.
lease_record read_lease(query& row) {
  lease_record lease;
  lease.token = row.natural();
  if (const auto written = row.optional_text()) {
    lease.owner = parse_lease_owner(*written);
    if (!lease.owner)
      row.throw_unreadable("owner of a lease", *written);
  }
  lease.expires.boot_id = row.text();
  lease.expires.since_boot = std::chrono::nanoseconds{row.integer()};
  return lease;
}

void bind_values(query& row, const lease_record& lease) {
  row.bind(lease.token);
  if (lease.owner)
    row.bind(std::string_view(to_string(*lease.owner)));
  else
    row.bind(std::nullopt);
  row.bind(lease.expires.boot_id).bind(std::int64_t{lease.expires.since_boot.count()});
}

std::vector<lease_row> read_leases(query& rows) {
  std::vector<lease_row> leases;
  while (rows.next()) {
    const auto run = rows.id();
    leases.push_back({run, read_lease(rows)});
  }
  return leases;
}

} // namespace

lease_record sqlite_leases::find(const uuid& run) {
  const auto* const known = keys_->find(run);
  if (known == nullptr)
    return {};
  if (known->owned && known->owned->lease)
    return *known->owned->lease;
  query row(*in_, "SELECT token, owner, expires_boot_id, expires_ns FROM leases WHERE run_key = ?");
  return row.bind(known->key).next() ? read_lease(row) : lease_record{};
}

void sqlite_leases::put(const uuid& run, const lease_record& lease) {
  auto& known = keys_->require_run(run);
  // The first to claim a run finds no row.
  if (lease.token != 1 || known.owned || !insert(known.key, lease))
    update_or_insert(known.key, lease);
  if (!lease.owner)
    return known.owned.reset();
  if (!known.owned)
    known.owned = std::make_unique<owned_run>();
  known.owned->lease = lease;
}

/// Returns false when there is a row already.
bool sqlite_leases::insert(std::int64_t key, const lease_record& lease) {
  query fresh(*in_, "INSERT INTO leases (token, owner, expires_boot_id, expires_ns, run_key) "
                    "VALUES (?, ?, ?, ?, ?)");
  bind_values(fresh, lease);
  return fresh.bind(key).run_unless_taken() > 0;
}

void sqlite_leases::update_or_insert(std::int64_t key, const lease_record& lease) {
  query old(*in_, "UPDATE leases SET token = ?, owner = ?, expires_boot_id = ?, expires_ns = ? "
                  "WHERE run_key = ?");
  bind_values(old, lease);
  if (old.bind(key).run() == 0 && !insert(key, lease))
    throw internal_error(fmt::format("the lease of run_key {} comes and goes", key));
}

std::vector<lease_row> sqlite_leases::held(const uuid& after, std::size_t limit) {
  const auto* const known = keys_->find(after);
  query rows(*in_, "SELECT r.id, token, owner, expires_boot_id, expires_ns "
                   "FROM leases AS l INDEXED BY leases_held CROSS JOIN runs AS r USING (run_key) "
                   "WHERE l.run_key > ? AND owner IS NOT NULL ORDER BY l.run_key LIMIT ?");
  return read_leases(rows.bind(known == nullptr ? std::int64_t{0} : known->key).bind(std::uint64_t{limit}));
}

std::vector<lease_row> sqlite_leases::expired(const boot_instant& now, std::size_t limit) {
  query rows(*in_, "SELECT r.id, token, owner, expires_boot_id, expires_ns "
                   "FROM leases AS l INDEXED BY leases_held CROSS JOIN runs AS r USING (run_key) "
                   "WHERE owner IS NOT NULL AND (expires_boot_id <> ? OR expires_ns <= ?) "
                   "ORDER BY l.run_key LIMIT ?");
  rows.bind(now.boot_id).bind(std::int64_t{now.since_boot.count()}).bind(std::uint64_t{limit});
  return read_leases(rows);
}

std::size_t sqlite_leases::erase(const uuid& run) {
  auto* const known = keys_->find(run);
  if (known == nullptr)
    return 0;
  known->owned.reset();
  query rows(*in_, "DELETE FROM leases WHERE run_key = ?");
  return static_cast<std::size_t>(rows.bind(known->key).run());
}

} // namespace sluice
