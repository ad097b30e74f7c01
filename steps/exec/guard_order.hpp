#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace sluice {

/// What a worker orders its guard to run.
struct guard_order {
  /// The process that gives the order.
  pid_t worker = 0;
  /// The file and the byte of it to lock before the command begins; an empty path: no lock.
  std::string lock_path = {};
  std::uint64_t lock_byte = 0;
  /// Empty: the guard's.
  std::string cwd = {};
  std::vector<std::string> argv = {};
  /// `NAME=value` each.
  std::vector<std::string> environment = {};

  friend bool operator==(const guard_order&, const guard_order&) = default;
};

/// Returns the order as bytes: a row of texts that each end with a zero byte, so none may contain one.
std::string write_order(const guard_order& order);
/// Returns the order in `bytes`, or nothing when they are none.
std::optional<guard_order> read_order(std::string_view bytes);

} // namespace sluice
