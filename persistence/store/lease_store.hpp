#pragma once

#include "model/base/uuid.hpp"
#include "model/run/lease.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace sluice {

/// The lease of one run.
struct lease_row {
  uuid run;
  lease_record lease;
};

/// The table `leases`; the rules are the model's. All calls are inside a transaction of the `store`.
class lease_store {
public:
  /// Returns the row of a run; one that was never held when there is none.
  virtual lease_record find(const uuid& run) = 0;
  /// Inserts or replaces.
  virtual void put(const uuid& run, const lease_record& lease) = 0;
  /// Returns leases with an owner, by run, from the one after `after` on.
  virtual std::vector<lease_row> held(const uuid& after, std::size_t limit) = 0;
  /// Returns leases with an owner that are not live at `now`: expired, or of another boot.
  virtual std::vector<lease_row> expired(const boot_instant& now, std::size_t limit) = 0;
  /// Removes the row of a run and returns how many there were.
  virtual std::size_t erase(const uuid& run) = 0;

protected:
  ~lease_store() = default;
};

} // namespace sluice
