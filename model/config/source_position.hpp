#pragma once

namespace sluice {

/// A place in a configuration file; both count from 1, and 0 means "not from a file".
struct source_position {
  int line = 0;
  int column = 0;

  bool known() const noexcept { return line > 0; }
  friend bool operator==(const source_position&, const source_position&) = default;
};

} // namespace sluice
