#pragma once

#include <cstdint>

namespace sluice {

/// What troubles a process, as `soak/trouble.py` writes it into the file that TROUBLE_CONTROL names: numbers
/// of 64 bits in the order of this host's bytes. The process sees a change at once, for the file is mapped.
/// Disks are troubled below the folder TROUBLE_FOLDER only.
struct trouble_orders {
  /// Not 0: what would make a file longer fails with ENOSPC; what is there may be written over.
  std::int64_t disk_full = 0;
  /// Microseconds that each write, and each fsync and fdatasync, takes longer.
  std::int64_t write_delay = 0;
  std::int64_t sync_delay = 0;
  /// Nanoseconds by which the wall clock is ahead of the true one.
  std::int64_t clock_ahead = 0;
};

} // namespace sluice
