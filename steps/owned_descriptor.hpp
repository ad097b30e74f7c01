#pragma once

#include <utility>

namespace sluice {

/// Owns one open file descriptor and closes it. Thread: one owner at a time.
class owned_descriptor {
public:
  owned_descriptor() = default;
  explicit owned_descriptor(int number) noexcept : number_(number) {}
  owned_descriptor(owned_descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  owned_descriptor& operator=(owned_descriptor&& other) noexcept {
    if (this != &other) {
      close();
      number_ = std::exchange(other.number_, -1);
    }
    return *this;
  }
  ~owned_descriptor() { close(); }

  bool is_open() const noexcept { return number_ >= 0; }
  /// Returns the number, or -1; still owned here.
  int get() const noexcept { return number_; }
  void close() noexcept;

private:
  int number_ = -1;
};

/// Returns `number`, a descriptor that a call has just returned, owned. Throws `error("no_descriptors")` that
/// says `what` it was for and why, when the call failed (errno).
owned_descriptor require_descriptor(int number, const char* what);

/// Returns the same open file under a close-on-exec descriptor above 9, so that it is in nobody's way when
/// streams are put in their places. Throws `error("no_descriptors")`.
owned_descriptor lifted(owned_descriptor from);

} // namespace sluice
