#pragma once

#include "model/run/lease.hpp"

#include <cstdint>
#include <filesystem>
#include <mutex>

namespace sluice {

/// Returns the file beside a database in which its owners hold their locks: `FILE.owners`.
std::filesystem::path owners_file(const std::filesystem::path& database);

/// Proof that an owner lives, and the way to see that another one does not: each holds a write lock on one
/// byte of the file of owners, at its nonce (without the two highest bits), as long as it lives. It is a lock
/// of an open file description (fcntl(2), F_OFD_SETLK), so it goes with the process whatever ends it; the
/// file is closed in programs that this one starts, but a fork that starts none keeps the lock. A stopped
/// process holds its lock: its leases end by time.
///
/// Any thread. Calls throw `error` with `store_read_only` when the file may not be written and
/// `store_unavailable` when it cannot be opened or locked.
class owner_lock {
public:
  /// Makes the file if it is not there, and takes the lock of `owner`, which nobody else may have.
  owner_lock(std::filesystem::path file, lease_owner owner);
  owner_lock(const owner_lock&) = delete;
  owner_lock& operator=(const owner_lock&) = delete;
  ~owner_lock();

  const lease_owner& owner() const noexcept { return owner_; }

  /// If the file was deleted or replaced since the last call, makes it and takes the lock anew. `is_dead`
  /// does so, too; whoever renews leases calls one of them at each turn.
  void keep();

  /// Returns whether `other` is proven dead, so that its leases are free at once: it is of another boot, or
  /// its byte is not locked *and* its process is gone (`process_lives`). Both, because either may mislead:
  /// - Who deletes the file takes no lock away, but in the new file the byte is free until its owner looks.
  ///   The process is still there then.
  /// - In a living process the byte is free when one of its runtimes has ended. Such a one gives its leases
  ///   back by itself; what it could not give back ends by time.
  /// Of a process that cannot be seen (another container, `hidepid`) only the lock is known, and it is enough
  /// as long as nobody deletes the file. If somebody does, such an owner may be taken for dead until its next
  /// call; fencing tokens then keep its late writes out, but a step of it may be under way twice.
  bool is_dead(const lease_owner& other);

private:
  int open_current() const;
  void keep_locked();
  bool is_locked(const lease_owner& other) const;

  std::filesystem::path file_;
  lease_owner owner_;
  std::mutex mutex_;
  int descriptor_ = -1;
};

} // namespace sluice
