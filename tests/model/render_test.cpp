#include "model/message/error_record.hpp"
#include "model/message/json.hpp"
#include "model/message/render.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <limits>
#include <string>

namespace {

struct opaque {
  double a[4];
};

} // namespace

template <>
struct sluice::payload_name<opaque> {
  static std::string_view get() noexcept { return "opaque"; }
};

BOOST_AUTO_TEST_SUITE(render_test)

using sluice::message;

namespace {

std::string as_text(const message& from) {
  std::string out;
  append_text(out, from);
  return out;
}

std::string as_json(const message& from) {
  std::string out;
  append_json(out, from);
  return out;
}

message failed(message original) {
  message result(sluice::error_record{"bad_json", "no \"value\"", "parse", std::move(original)},
                 sluice::message_kind::error);
  result.set_trace({1, 2});
  return result;
}

} // namespace

BOOST_AUTO_TEST_CASE(text_is_its_bytes_and_as_json_a_string) {
  const message from(sluice::text("a \"b\"\n\xFF"));
  BOOST_TEST(as_text(from) == "a \"b\"\n\xFF");
  BOOST_TEST(as_json(from) == "\"a \\\"b\\\"\\n\xEF\xBF\xBD\"");
  const std::string raw("x\0y", 3);
  BOOST_TEST((as_text(message(sluice::bytes(raw))) == raw));
  BOOST_TEST(as_json(message(sluice::bytes("raw"))) == "\"raw\"");
}

BOOST_AUTO_TEST_CASE(json_is_compact_in_both) {
  const message from(sluice::json::parse(R"({ "b": [1, 2.5], "a": null })"));
  BOOST_TEST(as_text(from) == R"({"b":[1,2.5],"a":null})");
  BOOST_TEST(as_json(from) == R"({"b":[1,2.5],"a":null})");
}

BOOST_AUTO_TEST_CASE(numbers_and_booleans_are_written_as_such) {
  BOOST_TEST(as_text(message(-5)) == "-5");
  BOOST_TEST(as_text(message(std::int64_t{std::numeric_limits<std::int64_t>::min()})) ==
             "-9223372036854775808");
  BOOST_TEST(as_json(message(std::uint64_t{std::numeric_limits<std::uint64_t>::max()})) ==
             "18446744073709551615");
  BOOST_TEST(as_text(message(0.25)) == "0.25");
  BOOST_TEST(as_json(message(true)) == "true");
  BOOST_TEST(as_text(message(false)) == "false");
}

BOOST_AUTO_TEST_CASE(an_infinite_number_is_null_in_json_only) {
  const message from(std::numeric_limits<double>::infinity());
  BOOST_TEST(as_text(from) == "inf");
  BOOST_TEST(as_json(from) == "null");
}

BOOST_AUTO_TEST_CASE(an_error_record_shows_what_where_and_the_original) {
  constexpr auto expected = R"({"error":{"code":"bad_json","message":"no \"value\"","node":"parse",)"
                            R"("trace_id":"00000000000000010000000000000002"},"original":"{"})";
  BOOST_TEST(as_text(failed(message(sluice::text("{")))) == expected);
  BOOST_TEST(as_json(failed(message(sluice::text("{")))) == expected);
}

BOOST_AUTO_TEST_CASE(the_original_of_an_error_is_null_when_it_was_consumed) {
  const auto shown = as_json(failed(message()));
  BOOST_TEST(shown.substr(shown.size() - 16) == R"("original":null})");
}

BOOST_AUTO_TEST_CASE(errors_about_errors_end_somewhere) {
  message chain(sluice::text("x"));
  for (int count = 0; count < 1000; ++count)
    chain = failed(std::move(chain));
  const auto shown = as_json(chain);
  BOOST_TEST(shown.size() < 2000U);
  BOOST_TEST(sluice::json::parse(shown).dump() == shown);
}

BOOST_AUTO_TEST_CASE(a_type_without_a_text_form_is_named) {
  BOOST_TEST(as_text(message(opaque{})) == "<opaque>");
  BOOST_TEST(as_json(message(opaque{})) == "\"<opaque>\"");
}

BOOST_AUTO_TEST_CASE(an_empty_message_is_null) {
  BOOST_TEST(as_text(message()) == "null");
  BOOST_TEST(as_json(message()) == "null");
}

BOOST_AUTO_TEST_SUITE_END()
