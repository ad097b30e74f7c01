#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice {

/// The SHA-1 digest (FIPS 180-4) of bytes that come piece by piece. For names only (RFC 9562 asks for it):
/// SHA-1 protects nothing any more. Copies go on from where they were made. No hardware help.
class sha1 {
public:
  using digest = std::array<std::uint8_t, 20>;

  void add(std::string_view bytes) noexcept;
  /// Returns the digest of everything so far; more may follow.
  digest finish() const noexcept;

private:
  static constexpr std::size_t block_bytes = 64;

  void add_block(const char* block) noexcept;

  // FIPS 180-4, 5.3.1.
  std::array<std::uint32_t, 5> hash_ = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  /// The beginning of a block; `length_` says how much of it is there.
  std::array<char, block_bytes> pending_{};
  std::uint64_t length_ = 0;
};

} // namespace sluice
