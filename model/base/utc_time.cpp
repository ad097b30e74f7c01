#include "model/base/utc_time.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace sluice {

namespace {

using namespace std::chrono;

year_month_day date_of(utc_time moment) {
  constexpr auto first = sys_days{year{0} / January / 1};
  constexpr auto after_last = sys_days{year{10000} / January / 1};
  if (moment < first || moment >= after_last)
    throw error("time_out_of_range", fmt::format("{} ms since 1970 is outside the years 0000 to 9999",
                                                 moment.time_since_epoch().count()));
  return floor<days>(moment);
}

/// Every row has several times: formatting them in general was a tenth of the work of a run.
void write_digits(char* text, std::size_t at, std::size_t count, unsigned value) {
  for (std::size_t i = count; i > 0; --i, value /= 10)
    text[at + i - 1] = static_cast<char>('0' + value % 10);
}

void write_date(char* text, const year_month_day& date) {
  write_digits(text, 0, 4, static_cast<unsigned>(static_cast<int>(date.year())));
  write_digits(text, 5, 2, static_cast<unsigned>(date.month()));
  write_digits(text, 8, 2, static_cast<unsigned>(date.day()));
}

constexpr std::string_view form = "dddd-dd-ddTdd:dd:dd.dddZ";
static_assert(form.size() == utc_time_length);

bool has_form(std::string_view text) noexcept {
  if (text.size() != form.size())
    return false;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == 'd' ? !digit : text[i] != form[i])
      return false;
  }
  return true;
}

/// Only after `has_form`: all of them are digits.
int number_at(std::string_view text, std::size_t first, std::size_t count) noexcept {
  int value = 0;
  std::from_chars(text.data() + first, text.data() + first + count, value);
  return value;
}

} // namespace

std::string to_string(utc_time moment) {
  std::string text(utc_time_length, ' ');
  write_text(moment, text.data());
  return text;
}

void write_text(utc_time moment, char* to) {
  const auto date = date_of(moment);
  std::copy(form.begin(), form.end(), to);
  write_date(to, date);
  const auto of_day = static_cast<unsigned>((moment - floor<days>(moment)).count());
  write_digits(to, 11, 2, of_day / 3'600'000);
  write_digits(to, 14, 2, of_day / 60'000 % 60);
  write_digits(to, 17, 2, of_day / 1000 % 60);
  write_digits(to, 20, 3, of_day % 1000);
}

std::optional<utc_time> parse_utc_time(std::string_view text) noexcept {
  if (!has_form(text))
    return std::nullopt;
  const year_month_day date{year{number_at(text, 0, 4)}, month{static_cast<unsigned>(number_at(text, 5, 2))},
                            day{static_cast<unsigned>(number_at(text, 8, 2))}};
  const hours hour{number_at(text, 11, 2)};
  const minutes minute{number_at(text, 14, 2)};
  const seconds second{number_at(text, 17, 2)};
  if (!date.ok() || hour >= days{1} || minute >= hours{1} || second >= minutes{1})
    return std::nullopt;
  return sys_days{date} + hour + minute + second + milliseconds{number_at(text, 20, 3)};
}

std::string utc_day(utc_time moment) {
  std::string text(form.substr(0, 10));
  write_date(text.data(), date_of(moment));
  return text;
}

} // namespace sluice
