#include "model/base/uuid.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {

namespace {

constexpr std::uint32_t counter_limit = 1U << 12;
/// A fresh counter starts in the lower half, so that at least 2048 ids fit into the millisecond.
constexpr std::uint32_t counter_seed_mask = (1U << 11) - 1;
constexpr std::string_view digits = "0123456789abcdef";

constexpr bool is_dash_before(std::size_t byte) noexcept {
  return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

int value_of(char digit) noexcept {
  if (digit >= '0' && digit <= '9')
    return digit - '0';
  if (digit >= 'a' && digit <= 'f')
    return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F')
    return digit - 'A' + 10;
  return -1;
}

void write_milliseconds(uuid& id, std::uint64_t milliseconds) noexcept {
  for (std::size_t i = 0; i < 6; ++i)
    id.bytes[i] = static_cast<std::uint8_t>(milliseconds >> (40 - 8 * i));
}

} // namespace

std::string to_string(const uuid& id) {
  std::string text(uuid_length, '-');
  write_text(id, text.data());
  return text;
}

void write_text(const uuid& id, char* to) noexcept {
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    if (is_dash_before(i))
      *to++ = '-';
    *to++ = digits[id.bytes[i] >> 4];
    *to++ = digits[id.bytes[i] & 0xF];
  }
}

std::optional<uuid> parse_uuid(std::string_view text) noexcept {
  if (text.size() != uuid_length)
    return std::nullopt;
  uuid id;
  std::size_t at = 0;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    if (is_dash_before(i) && text[at++] != '-')
      return std::nullopt;
    const int high = value_of(text[at++]);
    const int low = value_of(text[at++]);
    if (high < 0 || low < 0)
      return std::nullopt;
    id.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return id;
}

std::optional<utc_time> time_of(const uuid& id) noexcept {
  if (id.bytes[6] >> 4 != 7)
    return std::nullopt;
  std::int64_t milliseconds = 0;
  for (std::size_t i = 0; i < 6; ++i)
    milliseconds = milliseconds * 256 + id.bytes[i];
  return utc_time{std::chrono::milliseconds{milliseconds}};
}

uuid first_uuid_of(utc_time moment) noexcept {
  constexpr auto limit = (std::int64_t{1} << 48) - 1;
  const auto since_epoch = std::int64_t{moment.time_since_epoch().count()};
  const auto milliseconds = static_cast<std::uint64_t>(std::clamp(since_epoch, std::int64_t{0}, limit));
  uuid id;
  write_milliseconds(id, milliseconds);
  return id;
}

uuid uuid_maker::make(utc_time now) {
  const auto since_epoch = now.time_since_epoch().count();
  if (since_epoch < 0 || since_epoch >= std::int64_t{1} << 48)
    throw error("time_out_of_range", fmt::format("no id can be made at {} ms since 1970", since_epoch));
  const auto milliseconds = static_cast<std::uint64_t>(since_epoch);
  const auto drawn = random_();
  if (!started_ || milliseconds > milliseconds_) {
    milliseconds_ = milliseconds;
    counter_ = static_cast<std::uint32_t>(random_() & counter_seed_mask);
    started_ = true;
  } else if (++counter_ == counter_limit) {
    ++milliseconds_;
    counter_ = 0;
  }
  uuid id;
  write_milliseconds(id, milliseconds_);
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | (counter_ >> 8));
  id.bytes[7] = static_cast<std::uint8_t>(counter_);
  for (std::size_t i = 0; i < 8; ++i)
    id.bytes[8 + i] = static_cast<std::uint8_t>(drawn >> (56 - 8 * i));
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3F));
  return id;
}

} // namespace sluice
