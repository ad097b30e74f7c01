#pragma once

#include "steps/owned_descriptor.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

/// Returns the byte of a database's file of attempt locks that stands for one step of one run. Two steps may
/// share one by chance (about 1 in 2^62): then one waits for the other.
std::uint64_t attempt_lock_byte(std::string_view run, std::string_view step) noexcept;

/// Held by the guard of an attempt as long as anything of it lives. A lock of an open file description
/// (fcntl(2), F_OFD_SETLK): it goes with the guard, whatever ends that. Thread: one.
class attempt_lock {
public:
  attempt_lock(std::string path, std::uint64_t byte) : path_(std::move(path)), byte_(byte) {}

  /// Returns 0 when it is held, EAGAIN when another has it, or what the system says against it. Never waits.
  int try_acquire() noexcept;

private:
  /// True when the path leads to the file that is open here.
  bool is_current() const noexcept;

  std::string path_;
  std::uint64_t byte_;
  owned_descriptor file_;
};

} // namespace sluice
