#include "model/run/lease_rules.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sluice {

namespace {

lease_verdict refuse(lease_refusal refusal, const lease_record& lease) {
  return {refusal, lease, false};
}

} // namespace

bool is_live(const lease_record& lease, const boot_instant& now, bool owner_dead) noexcept {
  return lease.owner && !owner_dead && lease.expires.boot_id == now.boot_id &&
         now.since_boot < lease.expires.since_boot;
}

std::string_view to_string(lease_refusal refusal) noexcept {
  constexpr std::array<std::string_view, 4> names = {"none", "lease_held", "stale_token", "lease_lost"};
  return names[static_cast<std::size_t>(refusal)];
}

lease_verdict acquire_lease(const lease_record& lease, const lease_owner& owner, const boot_instant& now,
                            std::chrono::milliseconds ttl, bool owner_dead) {
  if (is_live(lease, now, owner_dead))
    return refuse(lease_refusal::held, lease);
  lease_verdict verdict;
  verdict.record = {lease.token + 1, owner, {now.boot_id, now.since_boot + ttl}};
  verdict.stolen = lease.owner.has_value();
  return verdict;
}

lease_verdict renew_lease(const lease_record& lease, const lease_owner& owner, std::uint64_t token,
                          const boot_instant& now, std::chrono::milliseconds ttl) {
  if (const auto refusal = check_fence(lease, owner, token); refusal != lease_refusal::none)
    return refuse(refusal, lease);
  if (!is_live(lease, now))
    return refuse(lease_refusal::lost, lease);
  lease_verdict verdict{lease_refusal::none, lease, false};
  // Renewals that overtake each other do not shorten the lease.
  verdict.record.expires.since_boot = std::max(lease.expires.since_boot, now.since_boot + ttl);
  return verdict;
}

lease_verdict release_lease(const lease_record& lease, const lease_owner& owner, std::uint64_t token) {
  if (const auto refusal = check_fence(lease, owner, token); refusal != lease_refusal::none)
    return refuse(refusal, lease);
  return {lease_refusal::none, {lease.token, std::nullopt, {}}, false};
}

lease_record revoke_lease(const lease_record& lease) noexcept {
  return {lease.token + 1, std::nullopt, {}};
}

lease_refusal check_fence(const lease_record& lease, const lease_owner& owner, std::uint64_t token) noexcept {
  if (lease.token != token)
    return lease_refusal::stale_token;
  return lease.owner == owner ? lease_refusal::none : lease_refusal::lost;
}

void require_fence(const lease_record& lease, const lease_owner& owner, std::uint64_t token) {
  const auto refusal = check_fence(lease, owner, token);
  if (refusal == lease_refusal::stale_token)
    throw error("stale_token",
                fmt::format("the write is under token {}, but the lease is at {}: another owner "
                            "has taken over",
                            token, lease.token));
  if (refusal == lease_refusal::lost)
    throw error("lease_lost",
                fmt::format("the lease with token {} is no longer held by {}", token, to_string(owner)));
}

void require_ttl(std::chrono::milliseconds ttl) {
  if (ttl < defaults::lease_ttl_minimum || ttl > defaults::lease_ttl_limit)
    throw error("bad_value",
                fmt::format("a lease of {} ms is not possible: choose from {} to {} ms", ttl.count(),
                            defaults::lease_ttl_minimum.count(), defaults::lease_ttl_limit.count()));
}

std::chrono::milliseconds renew_interval(std::chrono::milliseconds ttl) noexcept {
  return ttl / 3;
}

std::chrono::milliseconds safety_margin(std::chrono::milliseconds ttl) noexcept {
  return std::max(ttl / 5, defaults::lease_margin);
}

} // namespace sluice
