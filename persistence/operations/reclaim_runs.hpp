#pragma once

#include "persistence/store/store.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace sluice {

/// Returns whether an owner is proven dead though its lease has not expired (`owner_lock::is_dead`); none: no
/// owner is. Asked once per owner and call.
using death_proof = std::function<bool(const lease_owner&)>;

/// Inside a transaction: takes up to `limit` runs from owners that are gone: their leases have expired, or
/// `is_dead` says so of a lease that has not. A command that such an owner left undelivered acts now when the
/// run would otherwise wait for a person; in other runs the next owner delivers it. Returns the runs.
std::vector<uuid> reclaim_runs(store& in, const boot_instant& boot_now, utc_time now,
                               const death_proof& is_dead, std::size_t limit);

/// Inside a transaction, which may be a reader's: returns whether `reclaim_runs` would find something. It
/// looks through the leases that have an owner, so that the writer need not when nobody is gone.
bool find_gone(store& in, const boot_instant& boot_now, const death_proof& is_dead);

/// Inside a transaction: returns whether somebody is on the run: its lease is live, and its owner is not
/// known to be dead. What `command_request::owned` wants to know.
bool has_live_owner(store& in, const uuid& run, const boot_instant& now, const death_proof& is_dead);

} // namespace sluice
