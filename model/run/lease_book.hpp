#pragma once

#include "model/base/uuid.hpp"
#include "model/run/lease_rules.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace sluice {

/// The leases that one owner holds, as it sees them: which are to be renewed, and which it may no longer act
/// under. Time is CLOCK_BOOTTIME. Not shared between threads.
class lease_book {
public:
  /// Throws as `require_ttl`.
  explicit lease_book(std::chrono::milliseconds ttl);

  /// A lease was granted; it was asked for at `sent`.
  void add(const uuid& run, std::uint64_t token, std::chrono::nanoseconds sent);
  /// It was given back, or lost. One with another token is left alone.
  void drop(const uuid& run, std::uint64_t token);
  bool holds(const uuid& run, std::uint64_t token) const;
  std::size_t size() const noexcept { return leases_.size(); }

  /// Returns the leases whose renewal is due: what `renew_leases` takes.
  std::vector<std::pair<uuid, std::uint64_t>> due(std::chrono::nanoseconds now) const;
  /// A renewal that was sent at `sent` succeeded: returns until when the owner may act now; nothing when the
  /// lease is no longer held.
  std::optional<std::chrono::nanoseconds> renewed(const uuid& run, std::uint64_t token,
                                                  std::chrono::nanoseconds sent);
  /// Removes and returns the leases under which the owner may act no longer.
  std::vector<uuid> take_expired(std::chrono::nanoseconds now);

private:
  struct entry {
    std::uint64_t token = 0;
    lease_clock clock;
  };
  std::chrono::milliseconds ttl_;
  std::map<uuid, entry> leases_;
};

} // namespace sluice
