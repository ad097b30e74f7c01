#pragma once

#include "persistence/rules/rule_store.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace sluice {

/// How many kinds of `rule_change` there are.
inline constexpr std::size_t rule_change_kinds = 4;

/// What keepers have counted since they began. Several keepers write one; any thread reads.
struct rule_meters {
  /// Changes taken in, by `rule_change::kind`.
  std::array<std::atomic<std::uint64_t>, rule_change_kinds> changes = {};
  std::atomic<std::uint64_t> findings{0};
  /// Rules compiled and warmed anew, and the time that took; changes of states alone need neither.
  std::atomic<std::uint64_t> compilations{0};
  std::atomic<std::uint64_t> compile_nanoseconds{0};
  /// Calls of listeners that threw.
  std::atomic<std::uint64_t> failed_listeners{0};

  std::uint64_t count(rule_change::kind what) const noexcept {
    return changes[static_cast<std::size_t>(what)].load(std::memory_order_relaxed);
  }
};

} // namespace sluice
