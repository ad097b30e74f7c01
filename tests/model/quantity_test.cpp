#include "model/config/quantity.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <limits>
#include <string>

using namespace sluice;

namespace {

std::int64_t nanoseconds(std::string_view text) {
  const auto value = parse_duration(text);
  return value ? value->count() : -1;
}

std::int64_t bytes_of(std::string_view text) {
  const auto value = parse_size(text);
  return value ? static_cast<std::int64_t>(*value) : -1;
}

} // namespace

BOOST_AUTO_TEST_SUITE(quantity)

BOOST_AUTO_TEST_CASE(every_unit_of_a_duration_is_read) {
  BOOST_TEST(nanoseconds("7ns") == 7);
  BOOST_TEST(nanoseconds("7us") == 7'000);
  BOOST_TEST(nanoseconds("250ms") == 250'000'000);
  BOOST_TEST(nanoseconds("30s") == 30'000'000'000);
  BOOST_TEST(nanoseconds("2m") == 120'000'000'000);
  BOOST_TEST(nanoseconds("1h") == 3'600'000'000'000);
  BOOST_TEST(nanoseconds("1d") == 86'400'000'000'000);
}

BOOST_AUTO_TEST_CASE(parts_of_a_duration_add_up) {
  BOOST_TEST(nanoseconds("1m30s") == 90'000'000'000);
  BOOST_TEST(nanoseconds("1h0m1ms") == 3'600'001'000'000);
  BOOST_TEST(nanoseconds("1.5h") == 5'400'000'000'000);
  BOOST_TEST(nanoseconds("0.001s") == 1'000'000);
  BOOST_TEST(nanoseconds("1.5s500ms") == 2'000'000'000);
}

BOOST_AUTO_TEST_CASE(only_zero_needs_no_unit) {
  BOOST_TEST(nanoseconds("0") == 0);
  BOOST_TEST(nanoseconds("0s") == 0);
  BOOST_TEST(nanoseconds("5") == -1);
  BOOST_TEST(nanoseconds("0.0") == -1);
}

BOOST_AUTO_TEST_CASE(a_duration_has_a_largest_value_and_is_exact_up_to_it) {
  BOOST_TEST(nanoseconds("10000d") == 864'000'000'000'000'000);
  BOOST_TEST(nanoseconds("9999d23h59m59s999999999ns") == 863'999'999'999'999'999);
  BOOST_TEST(nanoseconds("10000d1ns") == -1);
  BOOST_TEST(nanoseconds("10001d") == -1);
  BOOST_TEST(nanoseconds("99999999999999999999d") == -1);
  BOOST_TEST(nanoseconds("9007199254740993ns") == 9'007'199'254'740'993);
}

BOOST_AUTO_TEST_CASE(what_is_not_a_duration_is_refused) {
  for (const auto* wrong :
       {"",    " ",     "s",      "ms",   "-1s", "+1s",  "1 s",  " 1s", "1s ", "1S",    "1sec",  "1.s",
        ".5s", "1..5s", "1.2.3s", "1e3s", "1s2", "0x1s", "1_0s", "inf", "nan", "1.5ns", "0.5ns", "5µs"})
    BOOST_TEST(nanoseconds(wrong) == -1, wrong);
}

BOOST_AUTO_TEST_CASE(every_unit_of_a_size_is_read) {
  BOOST_TEST(bytes_of("100") == 100);
  BOOST_TEST(bytes_of("100B") == 100);
  BOOST_TEST(bytes_of("2KB") == 2'000);
  BOOST_TEST(bytes_of("2MB") == 2'000'000);
  BOOST_TEST(bytes_of("2GB") == 2'000'000'000);
  BOOST_TEST(bytes_of("2TB") == 2'000'000'000'000);
  BOOST_TEST(bytes_of("64KiB") == 65'536);
  BOOST_TEST(bytes_of("2MiB") == 2'097'152);
  BOOST_TEST(bytes_of("2GiB") == 2'147'483'648);
  BOOST_TEST(bytes_of("2TiB") == 2'199'023'255'552);
  BOOST_TEST(bytes_of("1.5KiB") == 1'536);
  BOOST_TEST(bytes_of("0") == 0);
}

BOOST_AUTO_TEST_CASE(a_size_has_a_largest_value_and_is_exact_up_to_it) {
  BOOST_TEST(bytes_of("4611686018427387904") == std::int64_t{1} << 62);
  BOOST_TEST(bytes_of("4611686018427387905") == -1);
  BOOST_TEST(bytes_of("4194304TiB") == std::int64_t{1} << 62);
  BOOST_TEST(bytes_of("4194305TiB") == -1);
  BOOST_TEST(bytes_of("9007199254740993") == 9'007'199'254'740'993);
  BOOST_TEST(bytes_of("99999999999999999999") == -1);
}

BOOST_AUTO_TEST_CASE(what_is_not_a_size_is_refused) {
  for (const auto* wrong : {"", "KiB", "-1", "+1", "1 KB", "1kb", "1K", "1kB", "1KiBs", "1e3", "1.5", "1.5B",
                            "1.", ".5KB", "1KB1B", "0x10", "1_000", "nan"})
    BOOST_TEST(bytes_of(wrong) == -1, wrong);
}

BOOST_AUTO_TEST_CASE(whole_numbers_are_read_up_to_both_ends_of_64_bits) {
  BOOST_TEST(*parse_integer("0") == 0);
  BOOST_TEST(*parse_integer("-0") == 0);
  BOOST_TEST(*parse_integer("+12") == 12);
  BOOST_TEST(*parse_integer("007") == 7);
  BOOST_TEST(*parse_integer("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
  BOOST_TEST(*parse_integer("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
  BOOST_TEST(!parse_integer("9223372036854775808"));
  BOOST_TEST(!parse_integer("-9223372036854775809"));
}

BOOST_AUTO_TEST_CASE(underscores_may_stand_between_digits_only) {
  BOOST_TEST(*parse_integer("10_000_000") == 10'000'000);
  BOOST_TEST(*parse_integer("-1_0") == -10);
  for (const auto* wrong : {"_1", "1_", "1__0", "-_5", "+_5", "_", "1_-5", "1_x"})
    BOOST_TEST(!parse_integer(wrong), wrong);
}

BOOST_AUTO_TEST_CASE(what_is_not_a_whole_number_is_refused) {
  for (const auto* wrong :
       {"", "+", "-", "+-5", "-+5", "--5", "++5", " 5", "5 ", "5.0", "5e0", "0x5", "five", "true"})
    BOOST_TEST(!parse_integer(wrong), wrong);
}

BOOST_AUTO_TEST_CASE(numbers_are_read) {
  BOOST_TEST(*parse_number("1.5") == 1.5);
  BOOST_TEST(*parse_number("+1.5") == 1.5);
  BOOST_TEST(*parse_number("-2.5e3") == -2500.0);
  BOOST_TEST(*parse_number("1e-3") == 0.001);
  BOOST_TEST(*parse_number("1_000") == 1000.0);
  BOOST_TEST(*parse_number("99999999999999999999") == 1e20);
  BOOST_TEST(*parse_number(std::to_string(1) + std::string(308, '0')) == 1e308);
}

BOOST_AUTO_TEST_CASE(what_is_not_a_finite_number_is_refused) {
  for (const auto* wrong : {"", ".", "+", "-", "inf", "-inf", "infinity", "nan", "1e999", "1.5x", "1,5", " 1",
                            "1 ", "+-1.5", "0x1p3", "--1.5", "1e", "1_0.5"})
    BOOST_TEST(!parse_number(wrong), wrong);
}

BOOST_AUTO_TEST_CASE(booleans_have_one_spelling_each) {
  BOOST_TEST(*parse_boolean("true"));
  BOOST_TEST(!*parse_boolean("false"));
  for (const auto* wrong : {"", "True", "TRUE", "yes", "no", "on", "off", "1", "0", "true ", "truefalse"})
    BOOST_TEST(!parse_boolean(wrong).has_value(), wrong);
}

BOOST_AUTO_TEST_SUITE_END()
