#pragma once

#include <cstdint>
#include <string>

namespace sluice {

enum class db_action : std::uint8_t { migrate, check, backup, vacuum };

/// `sluice db …`.
struct db_arguments {
  db_action action = db_action::check;
  std::string file;
  /// Where a backup goes.
  std::string to;
  /// A vacuum although runs are worked on.
  bool force = false;
  bool json = false;
};

} // namespace sluice
