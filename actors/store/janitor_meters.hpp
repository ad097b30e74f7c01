#pragma once

#include <atomic>
#include <cstdint>

namespace sluice {

/// What the janitor of a store has removed. Any thread.
struct janitor_meters {
  std::atomic<std::uint64_t> runs{0};
  std::atomic<std::uint64_t> audit_rows{0};
};

} // namespace sluice
