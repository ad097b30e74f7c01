#pragma once

#include <array>
#include <string_view>

namespace sluice {

/// The SHA-256 of a secret, so that two can be compared in a time that says nothing about either, not even
/// their lengths, and the secret itself need not be kept.
class secret_digest {
public:
  explicit secret_digest(std::string_view secret);

  /// In constant time.
  bool matches(const secret_digest& other) const noexcept;

private:
  std::array<unsigned char, 32> bytes_;
};

/// Compares two byte strings in a time that depends on their lengths only.
bool same_bytes(std::string_view a, std::string_view b) noexcept;

} // namespace sluice
