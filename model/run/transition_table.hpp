#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace sluice {

/// Which status may follow which, for an enumeration with values from 0 to `Count` - 1. Built at compile time
/// from one row per status; a status without a row is an end.
template <class Status, std::size_t Count>
class transition_table {
public:
  struct row {
    Status from;
    std::initializer_list<Status> to;
  };

  constexpr transition_table(std::initializer_list<row> rows) {
    for (const auto& each : rows)
      for (const auto to : each.to)
        followers_[index(each.from)] |= bit(to);
  }

  constexpr bool allows(Status from, Status to) const noexcept {
    return (followers_[index(from)] & bit(to)) != 0;
  }
  /// True when nothing may follow.
  constexpr bool is_end(Status status) const noexcept { return followers_[index(status)] == 0; }

private:
  static_assert(Count <= 32);

  static constexpr std::size_t index(Status status) noexcept { return static_cast<std::size_t>(status); }
  static constexpr std::uint32_t bit(Status status) noexcept { return std::uint32_t{1} << index(status); }

  std::array<std::uint32_t, Count> followers_{};
};

} // namespace sluice
