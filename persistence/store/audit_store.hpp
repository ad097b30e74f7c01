#pragma once

#include "model/base/utc_time.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sluice {

/// One row of `audit_log`: who changed what. Secrets are taken out by the writer of the row.
struct audit_row {
  std::int64_t id = 0;
  utc_time at = {};
  std::string actor;
  /// E.g. `run.cancel`.
  std::string action;
  /// What it was done to, e.g. a run's id.
  std::string subject;
  /// JSON text.
  std::string detail = "{}";
};

/// The table `audit_log`: appended to, never changed; its oldest rows may be aged out. All calls are inside a
/// transaction of the `store`.
class audit_store {
public:
  /// Returns the new row's id.
  virtual std::int64_t append(const audit_row& row) = 0;
  /// Returns rows with an id above `since`, by id.
  virtual std::vector<audit_row> since(std::int64_t since, std::size_t limit) = 0;
  /// Returns the id of the newest row, 0 when there is none.
  virtual std::int64_t last_id() = 0;
  /// Removes rows from the oldest on, at most `limit`, up to the first that is not older than `moment`.
  /// Returns how many.
  virtual std::size_t erase_before(utc_time moment, std::size_t limit) = 0;

protected:
  ~audit_store() = default;
};

} // namespace sluice
