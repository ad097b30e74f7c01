#include "model/run/lease_book.hpp"

namespace sluice {

lease_book::lease_book(std::chrono::milliseconds ttl) : ttl_(ttl) {
  require_ttl(ttl);
}

void lease_book::add(const uuid& run, std::uint64_t token, std::chrono::nanoseconds sent) {
  leases_.insert_or_assign(run, entry{token, lease_clock(sent, ttl_)});
}

void lease_book::drop(const uuid& run, std::uint64_t token) {
  const auto found = leases_.find(run);
  if (found != leases_.end() && found->second.token == token)
    leases_.erase(found);
}

bool lease_book::holds(const uuid& run, std::uint64_t token) const {
  const auto found = leases_.find(run);
  return found != leases_.end() && found->second.token == token;
}

std::vector<std::pair<uuid, std::uint64_t>> lease_book::due(std::chrono::nanoseconds now) const {
  std::vector<std::pair<uuid, std::uint64_t>> result;
  for (const auto& [run, lease] : leases_)
    if (lease.clock.renew_at() <= now)
      result.emplace_back(run, lease.token);
  return result;
}

std::optional<std::chrono::nanoseconds> lease_book::renewed(const uuid& run, std::uint64_t token,
                                                            std::chrono::nanoseconds sent) {
  const auto found = leases_.find(run);
  if (found == leases_.end() || found->second.token != token)
    return std::nullopt;
  found->second.clock.renewed(sent);
  return found->second.clock.deadline();
}

std::vector<uuid> lease_book::take_expired(std::chrono::nanoseconds now) {
  std::vector<uuid> result;
  for (auto lease = leases_.begin(); lease != leases_.end();) {
    if (lease->second.clock.may_act(now)) {
      ++lease;
      continue;
    }
    result.push_back(lease->first);
    lease = leases_.erase(lease);
  }
  return result;
}

} // namespace sluice
