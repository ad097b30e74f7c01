#pragma once

#include <atomic>
#include <cstdint>

namespace sluice {

/// What the janitor of a store has removed, and what it has not. Any thread.
struct janitor_meters {
  std::atomic<std::uint64_t> runs{0};
  std::atomic<std::uint64_t> audit_rows{0};
  /// After the last transaction: by how much the oldest that is left is older than its rule allows.
  std::atomic<std::uint64_t> behind_milliseconds{0};
};

} // namespace sluice
