#include "model/base/sha1.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace sluice {

void sha1::add(std::string_view bytes) noexcept {
  const auto begun = static_cast<std::size_t>(length_ % block_bytes);
  length_ += bytes.size();
  if (begun != 0) {
    const auto taken = std::min(block_bytes - begun, bytes.size());
    std::copy_n(bytes.data(), taken, pending_.data() + begun);
    bytes.remove_prefix(taken);
    if (begun + taken < block_bytes)
      return;
    add_block(pending_.data());
  }
  for (; bytes.size() >= block_bytes; bytes.remove_prefix(block_bytes))
    add_block(bytes.data());
  std::copy(bytes.begin(), bytes.end(), pending_.begin());
}

sha1::digest sha1::finish() const noexcept {
  // One bit, zeros, and the length in bits in the last eight bytes of a block.
  std::array<char, 2 * block_bytes> end{'\x80'};
  const auto begun = static_cast<std::size_t>(length_ % block_bytes);
  const auto zeros = (begun < block_bytes - 8 ? block_bytes : 2 * block_bytes) - 8 - begun;
  for (std::size_t i = 0; i < 8; ++i)
    end[zeros + i] = static_cast<char>(length_ * 8 >> (56 - 8 * i) & 0xFF);
  auto whole = *this;
  whole.add({end.data(), zeros + 8});
  digest result;
  for (std::size_t i = 0; i < result.size(); ++i)
    result[i] = static_cast<std::uint8_t>(whole.hash_[i / 4] >> (24 - 8 * (i % 4)));
  return result;
}

/// Section 6.1.2, steps 1 to 4, with the standard's names.
void sha1::add_block(const char* block) noexcept {
  std::array<std::uint32_t, 80> schedule{};
  std::memcpy(schedule.data(), block, block_bytes);
  if constexpr (std::endian::native == std::endian::little)
    for (std::size_t t = 0; t < 16; ++t)
      schedule[t] = __builtin_bswap32(schedule[t]);
  for (std::size_t t = 16; t < 80; ++t)
    schedule[t] = std::rotl(schedule[t - 3] ^ schedule[t - 8] ^ schedule[t - 14] ^ schedule[t - 16], 1);
  auto a = hash_[0];
  auto b = hash_[1];
  auto c = hash_[2];
  auto d = hash_[3];
  auto e = hash_[4];
  // The standard moves each variable on to the next after every step; here their names move.
  const auto five_steps = [&](std::size_t t, std::uint32_t constant, auto mix) {
    const auto step = [&](std::uint32_t first, std::uint32_t& second, std::uint32_t third,
                          std::uint32_t fourth, std::uint32_t& fifth, std::uint32_t word) {
      fifth += std::rotl(first, 5) + mix(second, third, fourth) + constant + word;
      second = std::rotl(second, 30);
    };
    step(a, b, c, d, e, schedule[t]);
    step(e, a, b, c, d, schedule[t + 1]);
    step(d, e, a, b, c, schedule[t + 2]);
    step(c, d, e, a, b, schedule[t + 3]);
    step(b, c, d, e, a, schedule[t + 4]);
  };
  const auto choice = [](auto x, auto y, auto z) { return (x & y) ^ (~x & z); };
  const auto parity = [](auto x, auto y, auto z) { return x ^ y ^ z; };
  const auto majority = [](auto x, auto y, auto z) { return (x & y) ^ (x & z) ^ (y & z); };
  for (std::size_t t = 0; t < 20; t += 5)
    five_steps(t, 0x5a827999, choice);
  for (std::size_t t = 20; t < 40; t += 5)
    five_steps(t, 0x6ed9eba1, parity);
  for (std::size_t t = 40; t < 60; t += 5)
    five_steps(t, 0x8f1bbcdc, majority);
  for (std::size_t t = 60; t < 80; t += 5)
    five_steps(t, 0xca62c1d6, parity);
  const std::array<std::uint32_t, 5> round = {a, b, c, d, e};
  for (std::size_t i = 0; i < hash_.size(); ++i)
    hash_[i] += round[i];
}

} // namespace sluice
