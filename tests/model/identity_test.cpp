#include "model/base/error.hpp"
#include "model/base/sha256.hpp"
#include "model/base/utc_time.hpp"
#include "model/base/uuid.hpp"
#include "model/run/attempt_token.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

/// A source whose draws count up, so that tests repeat.
random_source counting(std::uint64_t start = 0) {
  return [next = start]() mutable { return next++; };
}

const utc_time noon = parse_utc_time("2026-11-21T12:00:00.000Z").value();

} // namespace

BOOST_AUTO_TEST_SUITE(utc_times)

BOOST_AUTO_TEST_CASE(times_are_written_in_milliseconds_with_z) {
  BOOST_TEST(to_string(utc_time{0ms}) == "1970-01-01T00:00:00.000Z");
  BOOST_TEST(to_string(utc_time{1'763'713'025'123ms}) == "2025-11-21T08:17:05.123Z");
  BOOST_TEST(to_string(utc_time{-1ms}) == "1969-12-31T23:59:59.999Z");
  BOOST_TEST(utc_day(utc_time{-1ms}) == "1969-12-31");
}

BOOST_AUTO_TEST_CASE(times_read_back_as_they_are_written) {
  for (const auto* text : {"0000-01-01T00:00:00.000Z", "1999-12-31T23:59:59.999Z", "2024-02-29T12:34:56.789Z",
                           "9999-12-31T23:59:59.999Z"})
    BOOST_TEST(to_string(parse_utc_time(text).value()) == text);
}

BOOST_AUTO_TEST_CASE(other_forms_are_refused) {
  for (const auto* text :
       {"", "2026-11-21", "2026-11-21T08:17:05Z", "2026-11-21T08:17:05.123", "2026-11-21T08:17:05.123+00:00",
        "2026-11-21 08:17:05.123Z", "2026-11-21T08:17:05.1234Z", "2026-11-21t08:17:05.123z",
        "2026-13-01T00:00:00.000Z", "2026-02-29T00:00:00.000Z", "2026-11-00T00:00:00.000Z",
        "2026-11-21T24:00:00.000Z", "2026-11-21T08:60:05.123Z", "2026-11-21T08:17:60.123Z",
        "-026-11-21T08:17:05.123Z", "2026-11-21T08:17:05.123Z "})
    BOOST_TEST(!parse_utc_time(text), text);
}

BOOST_AUTO_TEST_CASE(the_order_of_texts_is_the_order_of_times) {
  std::string before;
  for (auto moment = utc_time{0ms}; moment < noon; moment += 97h + 1s + 1ms) {
    const auto text = to_string(moment);
    BOOST_TEST(before < text);
    before = text;
  }
}

BOOST_AUTO_TEST_CASE(a_year_of_five_digits_is_an_error) {
  const auto last = parse_utc_time("9999-12-31T23:59:59.999Z").value();
  BOOST_CHECK_EXCEPTION(to_string(last + 1ms), error,
                        [](const error& trouble) { return trouble.code() == "time_out_of_range"; });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(uuids)

BOOST_AUTO_TEST_CASE(an_id_has_version_variant_and_time) {
  uuid_maker maker([] { return std::numeric_limits<std::uint64_t>::max(); });
  const auto id = maker.make(utc_time{0x0123456789ABms});
  BOOST_TEST(to_string(id) == "01234567-89ab-77ff-bfff-ffffffffffff");
  BOOST_TEST((time_of(id) == utc_time{0x0123456789ABms}));
  uuid_maker low([] { return std::uint64_t{0}; });
  BOOST_TEST(to_string(low.make(utc_time{0ms})) == "00000000-0000-7000-8000-000000000000");
}

BOOST_AUTO_TEST_CASE(ids_grow_within_a_millisecond_and_when_the_clock_steps_back) {
  uuid_maker maker(counting(0xFFFF'FFFF'FFFF'0000));
  uuid last;
  auto now = noon;
  for (int i = 0; i < 20'000; ++i) {
    if (i % 7'000 == 6'999)
      now -= 1h;
    const auto id = maker.make(now);
    BOOST_REQUIRE(last < id);
    BOOST_REQUIRE(to_string(last) < to_string(id));
    last = id;
  }
  // 4096 values of the counter a millisecond at most, so 20,000 ids ran ahead by a few.
  BOOST_TEST((time_of(last).value() - noon < 11ms));
}

BOOST_AUTO_TEST_CASE(ids_of_two_makers_differ_at_one_time) {
  uuid_maker one(counting(1));
  uuid_maker other(counting(1'000'000));
  std::set<uuid> all;
  for (int i = 0; i < 1'000; ++i) {
    all.insert(one.make(noon));
    all.insert(other.make(noon));
  }
  BOOST_TEST(all.size() == 2'000u);
}

BOOST_AUTO_TEST_CASE(ids_read_back_as_they_are_written) {
  uuid_maker maker(counting());
  const auto id = maker.make(noon);
  BOOST_TEST((parse_uuid(to_string(id)) == id));
  BOOST_TEST((parse_uuid("019AA5A3-7B1C-7000-8000-00000000000F") ==
              parse_uuid("019aa5a3-7b1c-7000-8000-00000000000f")));
  for (const auto* bad : {"", "019aa5a3-7b1c-7000-8000-00000000000", "019aa5a3-7b1c-7000-8000-00000000000g",
                          "019aa5a37b1c-7000-8000-000000000000-", "{19aa5a3-7b1c-7000-8000-00000000000}"})
    BOOST_TEST(!parse_uuid(bad), bad);
  BOOST_TEST(uuid{}.empty());
  BOOST_TEST(!time_of(uuid{}));
}

BOOST_AUTO_TEST_CASE(a_bound_parts_the_ids_made_from_a_moment_on_from_those_before) {
  uuid_maker low([] { return std::uint64_t{0}; });
  uuid_maker high([] { return std::numeric_limits<std::uint64_t>::max(); });
  const auto moment = parse_utc_time("2026-11-21T12:00:00.000Z").value();
  BOOST_TEST((high.make(moment - std::chrono::milliseconds{1}) < first_uuid_of(moment)));
  BOOST_TEST((low.make(moment) > first_uuid_of(moment)));
  BOOST_TEST((first_uuid_of(utc_time{std::chrono::milliseconds{-1}}) == uuid{}));
  BOOST_TEST((first_uuid_of(utc_time::max()) > high.make(moment)));
}

BOOST_AUTO_TEST_CASE(no_id_is_made_before_1970) {
  uuid_maker maker(counting());
  BOOST_CHECK_THROW(maker.make(utc_time{-1ms}), error);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(digests)

BOOST_AUTO_TEST_CASE(the_examples_of_the_standard) {
  BOOST_TEST(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  BOOST_TEST(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  BOOST_TEST(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
             "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  BOOST_TEST(sha256_hex(std::string(1'000'000, 'a')) ==
             "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(attempt_tokens)

BOOST_AUTO_TEST_CASE(a_token_names_run_step_attempt_and_fence) {
  const attempt_token token{parse_uuid("019aa5a3-7b1c-7000-8000-00000000000f").value(), "build", 3, 17};
  BOOST_TEST(idempotency_token(token) == "019aa5a3-7b1c-7000-8000-00000000000f/build/3");
  BOOST_TEST(to_string(token) == "019aa5a3-7b1c-7000-8000-00000000000f/build/3#17");
  BOOST_TEST((parse_attempt_token(to_string(token)) == token));
}

BOOST_AUTO_TEST_CASE(other_forms_are_no_tokens) {
  const std::string run = "019aa5a3-7b1c-7000-8000-00000000000f";
  for (const std::string& bad : std::vector<std::string>{
           "", run, run + "/a", run + "/a/1", run + "/a/1#", run + "/a/#1", run + "/a/01#1", run + "/a/1#-1",
           run + "/a b/1#1", run + "//1#1", "x/a/1#1", run + "/a/4294967296#1", run + "/a/1#1 "})
    BOOST_TEST(!parse_attempt_token(bad), bad);
}

BOOST_AUTO_TEST_SUITE_END()
