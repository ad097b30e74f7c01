#pragma once

#include "model/run/lease.hpp"
#include "model/run/run_defaults.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>

namespace sluice {

/// The rules of leases, as functions of a row, of who asks and of the time. Whoever stores rows calls them
/// inside a transaction and writes back what they return.
///
/// Time is that of the host on which the file lies; a row of another boot belongs to an owner that is gone.
/// `owner_dead` says that the owner is proven dead (its lock could be taken): its leases are free at once.

/// True when somebody holds the lease at `now`. At the moment it expires it is free.
bool is_live(const lease_record& lease, const boot_instant& now, bool owner_dead = false) noexcept;

/// Why a request for a lease was refused.
enum class lease_refusal : std::uint8_t {
  none,
  held,        ///< somebody has it; also when that is the one who asks
  stale_token, ///< somebody else has had it since
  lost,        ///< it was released, or it expired
};
std::string_view to_string(lease_refusal refusal) noexcept;

/// The answer to a request for a lease.
struct lease_verdict {
  lease_refusal refusal = lease_refusal::none;
  /// The row to write; as it was when refused.
  lease_record record = {};
  /// `acquire`: an owner that had not released it was pushed aside.
  bool stolen = false;

  bool granted() const noexcept { return refusal == lease_refusal::none; }
};

/// Grants the lease with a new token unless somebody holds it.
lease_verdict acquire_lease(const lease_record& lease, const lease_owner& owner, const boot_instant& now,
                            std::chrono::milliseconds ttl, bool owner_dead = false);

/// Extends the lease to `now` + `ttl`. Only the owner may, with its token, and only while the lease lives:
/// who comes late has stopped acting already, and takes the run again under a new token.
lease_verdict renew_lease(const lease_record& lease, const lease_owner& owner, std::uint64_t token,
                          const boot_instant& now, std::chrono::milliseconds ttl);

/// Gives the lease back; the token stays. Only the owner may, also when it has expired.
lease_verdict release_lease(const lease_record& lease, const lease_owner& owner, std::uint64_t token);

/// Takes the lease from whoever may still believe to have it, without giving it to anybody: for a transaction
/// that acts on a run whose owner is gone. The token grows, so that writes under the old one are refused.
lease_record revoke_lease(const lease_record& lease) noexcept;

/// Returns `none` when a write under `token` may be made, `stale_token` or `lost` otherwise. Does not look at
/// the time: a write that was under way when the lease expired is in order as long as nobody else came.
lease_refusal check_fence(const lease_record& lease, const lease_owner& owner, std::uint64_t token) noexcept;
/// Throws `error("stale_token")` or `error("lease_lost")`, with both tokens, unless `check_fence` allows.
void require_fence(const lease_record& lease, const lease_owner& owner, std::uint64_t token);

/// Throws `error("bad_value")` unless `ttl` is between `defaults::lease_ttl_minimum` and
/// `defaults::lease_ttl_limit`.
void require_ttl(std::chrono::milliseconds ttl);

/// Returns how long after a renewal was sent the next one is: a third of the TTL, so that one may fail.
std::chrono::milliseconds renew_interval(std::chrono::milliseconds ttl) noexcept;

/// Returns how long before the end of its lease an owner stops acting: a fifth of the TTL, at least 200 ms.
std::chrono::milliseconds safety_margin(std::chrono::milliseconds ttl) noexcept;

/// The owner's own view of its lease: until when it may act. It counts from before the request was sent,
/// while the row counts from when it was handled, so it always stops first. Not shared between threads.
class lease_clock {
public:
  /// `sent`: CLOCK_BOOTTIME read before the request that was granted was sent.
  lease_clock(std::chrono::nanoseconds sent, std::chrono::milliseconds ttl) : sent_(sent), ttl_(ttl) {}

  /// A renewal sent at `sent` succeeded. One that overtook another does not set the clock back.
  void renewed(std::chrono::nanoseconds sent) noexcept {
    if (sent > sent_)
      sent_ = sent;
  }

  /// Nothing may be begun, and nothing written, from here on.
  std::chrono::nanoseconds deadline() const noexcept { return sent_ + ttl_ - safety_margin(ttl_); }
  bool may_act(std::chrono::nanoseconds now) const noexcept { return now < deadline(); }
  /// When the next renewal is to be sent.
  std::chrono::nanoseconds renew_at() const noexcept { return sent_ + renew_interval(ttl_); }

private:
  std::chrono::nanoseconds sent_;
  std::chrono::milliseconds ttl_;
};

} // namespace sluice
