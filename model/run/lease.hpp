#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// A moment of one boot: CLOCK_BOOTTIME, which nobody can set and which counts while the machine sleeps, and
/// the boot it belongs to (`/proc/sys/kernel/random/boot_id`). Moments of two boots cannot be compared.
struct boot_instant {
  std::string boot_id;
  std::chrono::nanoseconds since_boot{0};

  friend bool operator==(const boot_instant&, const boot_instant&) = default;
};

/// Who holds a lease: one runtime of one process. A pid comes back; with the process's start time (clock
/// ticks since boot, as in `/proc/PID/stat`) and the boot it does not, and `nonce` (random) tells two
/// runtimes of one process apart.
struct lease_owner {
  std::string boot_id;
  std::int64_t pid = 0;
  std::uint64_t start_time = 0;
  std::uint64_t nonce = 0;

  friend bool operator==(const lease_owner&, const lease_owner&) = default;
};

/// Returns `BOOT:PID:START:NONCE`, the nonce as 16 hexadecimal digits.
std::string to_string(const lease_owner& owner);
/// Returns the owner in exactly the form that `to_string` writes, or nothing.
std::optional<lease_owner> parse_lease_owner(std::string_view text);

/// The row of one resource: the fencing token, which only grows, and who has it, if anybody. It stays when a
/// lease is released, so that no token is given twice.
struct lease_record {
  /// The token of the present holder, or of the last; 0: never held.
  std::uint64_t token = 0;
  std::optional<lease_owner> owner = {};
  /// When the lease ends unless it is renewed; means nothing without owner.
  boot_instant expires = {};

  friend bool operator==(const lease_record&, const lease_record&) = default;
};

} // namespace sluice
