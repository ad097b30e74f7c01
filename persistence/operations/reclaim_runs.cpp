#include "persistence/operations/reclaim_runs.hpp"

#include "model/base/error.hpp"
#include "model/base/fault_point.hpp"
#include "model/run/lease_rules.hpp"
#include "persistence/operations/command_run.hpp"
#include "persistence/operations/run_writer.hpp"

#include <fmt/format.h>

#include <utility>

namespace sluice {

namespace {

/// What is known of owners in one call: to prove one dead takes calls of the system, and one owner has many
/// runs.
class known_owners {
public:
  explicit known_owners(const death_proof& is_dead) : is_dead_(&is_dead) {}

  bool is_dead(const lease_owner& owner) {
    for (const auto& [known, dead] : known_)
      if (known == owner)
        return dead;
    return known_.emplace_back(owner, (*is_dead_)(owner)).second;
  }

private:
  const death_proof* is_dead_;
  /// As many as there are processes on the file: few.
  std::vector<std::pair<lease_owner, bool>> known_;
};

/// Adds leases that have not expired but whose owner is dead.
void add_dead(store& in, const boot_instant& now, const death_proof& is_dead, std::size_t limit,
              std::vector<lease_row>& gone) {
  constexpr std::size_t page_size = 256;
  known_owners owners(is_dead);
  uuid after;
  for (auto page = in.leases().held(after, page_size); !page.empty() && gone.size() < limit;
       page = in.leases().held(after, page_size)) {
    for (const auto& each : page)
      if (gone.size() < limit && is_live(each.lease, now) && owners.is_dead(*each.lease.owner))
        gone.push_back(each);
    after = page.back().run;
  }
}

/// Returns up to `limit` leases whose owner is gone.
std::vector<lease_row> gone_leases(store& in, const boot_instant& now, const death_proof& is_dead,
                                   std::size_t limit) {
  auto gone = in.leases().expired(now, limit);
  if (is_dead)
    add_dead(in, now, is_dead, limit, gone);
  return gone;
}

} // namespace

std::vector<uuid> reclaim_runs(store& in, const boot_instant& boot_now, utc_time now,
                               const death_proof& is_dead, std::size_t limit) {
  std::vector<uuid> runs;
  for (const auto& each : gone_leases(in, boot_now, is_dead, limit)) {
    auto row = in.runs().find(each.run);
    if (!row)
      throw error("store_corrupt",
                  fmt::format("there is a lease of run {}, but no such run", to_string(each.run)));
    run_writer writer(in, *std::move(row), now);
    writer.put_lease(revoke_lease(each.lease));
    const auto freed = writer.write();
    fault_point("reclaim.half");
    if (waits_for_person(freed.status))
      act_on_undelivered(in, each.run, now);
    runs.push_back(each.run);
  }
  if (!runs.empty())
    fault_point("reclaim.written");
  return runs;
}

bool find_gone(store& in, const boot_instant& boot_now, const death_proof& is_dead) {
  return !gone_leases(in, boot_now, is_dead, 1).empty();
}

bool has_live_owner(store& in, const uuid& run, const boot_instant& now, const death_proof& is_dead) {
  const auto lease = in.leases().find(run);
  return is_live(lease, now) && !(is_dead && is_dead(*lease.owner));
}

} // namespace sluice
