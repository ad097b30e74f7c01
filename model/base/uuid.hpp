#pragma once

#include "model/base/random_source.hpp"
#include "model/base/utc_time.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sluice {

/// 128 bits that name one thing, as RFC 9562 writes them. The zero value means "none". Byte order is the
/// order of the text, and for version 7 the order of creation.
struct uuid {
  /// In the order of the text.
  std::array<std::uint8_t, 16> bytes{};

  /// True for none.
  bool empty() const noexcept { return *this == uuid{}; }
  /// By the bytes.
  // clang-tidy 14 takes the 0 with which this one is compared for a pointer.
  friend auto operator<=>(const uuid&, const uuid&) = default; // NOLINT(modernize-use-nullptr)
};

/// Returns 36 lower-case characters, e.g. `019aa5a3-7b1c-7000-8000-000000000000`.
std::string to_string(const uuid& id);

/// How many they are.
inline constexpr std::size_t uuid_length = 36;
/// Writes them to where `to` points.
void write_text(const uuid& id, char* to) noexcept;

/// Returns the id in the form that `to_string` writes (either case), or nothing.
std::optional<uuid> parse_uuid(std::string_view text) noexcept;

/// Returns the creation time in a version 7 id, or nothing for other versions.
std::optional<utc_time> time_of(const uuid& id) noexcept;

/// Returns a bound for ids of version 7 (it is none itself): those made at or after `moment` are greater,
/// those made before are less.
uuid first_uuid_of(utc_time moment) noexcept;

/// Makes version 7 ids (RFC 9562, 5.7, with the fixed counter of 6.2 method 1): 48 bits of milliseconds, a
/// counter of 12 bits that starts below 2048 each millisecond, 62 random bits. Each id is greater than the
/// one before, also within a millisecond and when the clock steps back; when the counter is used up, ids run
/// ahead of the clock by a millisecond. Not shared between threads: each maker has its own.
class uuid_maker {
public:
  /// Takes its random bits from `random`.
  explicit uuid_maker(random_source random) : random_(std::move(random)) {}

  /// Returns an id made at `now`, which must not be before 1970.
  uuid make(utc_time now);

private:
  random_source random_;
  std::uint64_t milliseconds_ = 0;
  std::uint32_t counter_ = 0;
  bool started_ = false;
};

} // namespace sluice

/// For unordered containers.
template <>
struct std::hash<sluice::uuid> {
  /// Returns the last eight bytes.
  std::size_t operator()(const sluice::uuid& id) const noexcept {
    // The last eight bytes are random in version 7.
    std::size_t result = 0;
    for (std::size_t i = 8; i < id.bytes.size(); ++i)
      result = (result << 8) | id.bytes[i];
    return result;
  }
};
