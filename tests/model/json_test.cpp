#include "model/base/defaults.hpp"
#include "model/message/json.hpp"
#include "model/message/json_number.hpp"
#include "model/message/json_writer.hpp"
#include "model/message/utf8.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <random>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(json_test)

using sluice::json;

namespace {

std::string round_trip(std::string_view source) {
  return json::parse(source).dump();
}

/// The text of the `bad_json` error, or an empty string when `source` is accepted.
std::string complaint(std::string_view source) {
  try {
    (void)json::parse(source);
    return "";
  } catch (const sluice::error& refused) {
    BOOST_TEST(refused.code() == "bad_json");
    return refused.what();
  }
}

bool complains_of(std::string_view source, std::string_view part) {
  const auto text = complaint(source);
  BOOST_TEST_INFO_SCOPE("complaint: " << text);
  return text.find(part) != std::string::npos;
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

} // namespace

BOOST_AUTO_TEST_CASE(a_document_keeps_the_order_of_its_members) {
  BOOST_TEST(round_trip(R"( { "z" : 1 , "a" : [ true , false , null ] , "m" : { } } )") ==
             R"({"z":1,"a":[true,false,null],"m":{}})");
}

BOOST_AUTO_TEST_CASE(integers_of_64_bits_are_exact) {
  for (const auto* source : {"0", "9007199254740993", "9223372036854775807", "-9223372036854775808",
                             "18446744073709551615", "-1", "[-9007199254740993]"})
    BOOST_TEST(round_trip(source) == source);
}

BOOST_AUTO_TEST_CASE(larger_integers_keep_their_digits_while_the_document_stays_whole) {
  for (const auto* source : {"18446744073709551616", "-9223372036854775809", "-18446744073709551615",
                             "123456789012345678901234567890", "{\"a\":[-123456789012345678901234567890]}"})
    BOOST_TEST(round_trip(source) == source);
  BOOST_TEST(
      round_trip(" { \"a b\" : [ 123456789012345678901234567890 ,\t1.50 ] ,\n\"\\\" \" : \"\\u00e9 \" } ") ==
      "{\"a b\":[123456789012345678901234567890,1.50],\"\\\" \":\"\\u00e9 \"}");
  BOOST_TEST(round_trip("\xEF\xBB\xBF[18446744073709551616]") == "[18446744073709551616]");
}

BOOST_AUTO_TEST_CASE(larger_integers_are_doubles_to_whoever_looks_inside) {
  const auto document = json::parse("123456789012345678901234567890");
  BOOST_TEST(document.value().is_number_float());
  BOOST_TEST(json(nlohmann::ordered_json(document.value())).dump() == "1.2345678901234568e+29");
  // The source has a name twice, the document does not.
  BOOST_TEST(round_trip(R"({"a":18446744073709551616,"a":18446744073709551616})") ==
             R"({"a":1.8446744073709552e+19})");
}

BOOST_AUTO_TEST_CASE(doubles_stay_doubles_and_read_back_the_same) {
  BOOST_TEST(round_trip("1.0") == "1.0");
  BOOST_TEST(round_trip("-0") == "-0.0");
  BOOST_TEST(round_trip("0.1") == "0.1");
  BOOST_TEST(round_trip("1e5") == "100000.0");
  BOOST_TEST(round_trip("1.5E-7") == "1.5e-07");
  BOOST_TEST(round_trip("2.5e300") == "2.5e+300");
  BOOST_TEST(round_trip("1e-999") == "0.0");
  BOOST_TEST(round_trip("-0." + std::string(500, '0') + "1") == "-0.0");
  std::mt19937_64 random(7);
  for (int count = 0; count < 2000; ++count) {
    const double value = std::uniform_real_distribution<double>(-1e20, 1e20)(random) /
                         static_cast<double>(1 + random() % 1000000000);
    BOOST_TEST(json::parse(json(value).dump()).value().get<double>() == value);
  }
}

BOOST_AUTO_TEST_CASE(a_number_beyond_doubles_is_refused) {
  BOOST_TEST(complains_of("[1e999]", "larger than a double"));
  BOOST_TEST(complains_of("-1" + std::string(400, '0'), "larger than a double"));
}

BOOST_AUTO_TEST_CASE(strings_are_unescaped_and_escaped_again) {
  BOOST_TEST(json::parse(R"("\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00")").value().get<std::string>() ==
             "\"\\/\b\f\n\r\t\xC3\xA9\xF0\x9F\x98\x80");
  BOOST_TEST(round_trip(R"("\u0000\u001f\u007f\n\"\\é")") == "\"\\u0000\\u001f\x7f\\n\\\"\\\\é\"");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf8_are_refused_when_read_and_replaced_when_written) {
  BOOST_TEST(complains_of("\"a\xFF\"", "byte 0xFF in a string is not UTF-8"));
  BOOST_TEST(complains_of("\"\xC0\xAF\"", "not UTF-8"));
  BOOST_TEST(complains_of("\"\xED\xA0\x80\"", "not UTF-8"));
  BOOST_TEST(complains_of("\"\xF5\x80\x80\x80\"", "not UTF-8"));
  BOOST_TEST(json("a\xFFz").dump() == "\"a\xEF\xBF\xBDz\"");
  BOOST_TEST(sluice::replace_invalid_utf8("\xE2\x82") == "\xEF\xBF\xBD\xEF\xBF\xBD");
}

BOOST_AUTO_TEST_CASE(an_error_names_the_byte_and_the_trouble) {
  BOOST_TEST(complaint("") == "bad JSON at byte 0: there is no value; the text is empty");
  BOOST_TEST(complaint(R"({"a":1,})") == "bad JSON at byte 7: expected a member name in quotes, found '}'");
  BOOST_TEST(complaint("[1 2]") == "bad JSON at byte 3: expected ',' or ']' in an array, found '2'");
  BOOST_TEST(complaint("{\"a\" 1}") == "bad JSON at byte 5: expected ':' after the member name, found '1'");
  BOOST_TEST(complaint("[1]x") == "bad JSON at byte 3: expected the end after the document, found 'x'");
  BOOST_TEST(complaint("tru") == "bad JSON at byte 0: expected a value; did you mean true?");
}

BOOST_AUTO_TEST_CASE(what_is_not_json_is_refused) {
  for (const std::string source : {"01",          "-",         "1.",          ".5",
                                   "1e",          "+1",        "NaN",         "'a'",
                                   "\"\\x\"",     "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"",
                                   "\"\\udc00\"", "[",         "{",           "[1,]",
                                   "{\"a\":}",    "{a:1}",     "\"open",      "\"tab\there\"",
                                   "nul",         "[1]]",      "\"\\"})
    BOOST_TEST(!complaint(source).empty(), source << " should be refused");
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_before_the_document_is_skipped) {
  BOOST_TEST(round_trip("\xEF\xBB\xBF[1]") == "[1]");
}

BOOST_AUTO_TEST_CASE(nesting_is_bounded_before_it_is_followed) {
  BOOST_TEST(complaint(nested(sluice::defaults::json_depth)).empty());
  BOOST_TEST(complains_of(nested(sluice::defaults::json_depth + 1), "nested deeper than 128 levels"));
  BOOST_TEST(complains_of(std::string(1'000'000, '['), "nested deeper"));
  std::string objects;
  for (int count = 0; count < 200'000; ++count)
    objects += "{\"a\":";
  BOOST_TEST(complains_of(objects, "nested deeper"));
}

BOOST_AUTO_TEST_CASE(of_members_with_one_name_the_last_wins_at_the_first_ones_place) {
  BOOST_TEST(round_trip(R"({"a":1,"b":2,"a":3,"c":4,"b":5})") == R"({"a":3,"b":5,"c":4})");
  std::string source = "{";
  std::string expected = "{";
  for (int count = 0; count < 100; ++count) {
    source += "\"k" + std::to_string(count) + "\":0,";
    expected += (count == 0 ? "\"k" : ",\"k") + std::to_string(count) + "\":1";
  }
  for (int count = 99; count >= 0; --count)
    source += "\"k" + std::to_string(count) + (count == 0 ? "\":1}" : "\":1,");
  BOOST_TEST(round_trip(source) == expected + "}");
}

BOOST_AUTO_TEST_CASE(our_reader_and_nlohmanns_agree_on_random_documents) {
  std::mt19937 random(42);
  const std::vector<std::string> pieces = {"{",        "}", "[",    "]",   ",",    ":",    "\"a\"",
                                           "\"b\\n\"", "1", "-2.5", "1e3", "true", "null", " ",
                                           "\"é\"",    "0", "-",    "\\",  "\"",   "false"};
  std::size_t accepted = 0;
  for (int count = 0; count < 200'000; ++count) {
    std::string source;
    for (auto length = random() % 9; length > 0; --length)
      source += pieces[random() % pieces.size()];
    const auto expected = nlohmann::ordered_json::parse(source, nullptr, false);
    const bool refused = !complaint(source).empty();
    BOOST_REQUIRE_MESSAGE(expected.is_discarded() == refused, "they differ on " << source);
    if (refused)
      continue;
    ++accepted;
    BOOST_REQUIRE_MESSAGE(json::parse(source).value() == expected, "they differ on " << source);
  }
  BOOST_TEST(accepted > 100U);
}

BOOST_AUTO_TEST_CASE(a_document_is_written_alike_whether_it_was_read_or_built) {
  // A document that was read from its compact form is written by copying that form, so the two must not
  // differ.
  const std::vector<std::string> pieces = {"0",
                                           "-0",
                                           "-0.0",
                                           "0.0",
                                           "0.5",
                                           "0.50",
                                           "1e2",
                                           "12.0",
                                           "0.00001",
                                           "0.000001",
                                           "1.25E1",
                                           "-7",
                                           "\"a\"",
                                           "\"\\/\"",
                                           "\"\\u0041\"",
                                           "\"\\u001f\"",
                                           "\"\\n\\t\"",
                                           "\"é\"",
                                           "\"\x7f\"",
                                           "[]",
                                           "[ ]",
                                           "{}",
                                           "true",
                                           "null",
                                           "[1, 2]",
                                           "[1,2]",
                                           "{\"a\":1}",
                                           "{\"a\" :1}",
                                           "1.1234567890123456",
                                           "123456789012345.0",
                                           "9007199254740993",
                                           "18446744073709551616.5",
                                           "{\"a\":1,\"a\":2}",
                                           "100000000000000000000.5",
                                           "-1.5",
                                           "{\"b\":[{}]}"};
  for (const auto& first : pieces)
    for (const auto& second : pieces) {
      const auto source = "{\"x\":" + first + ",\"y\":[" + second + "]}";
      const auto read = json::parse(source);
      BOOST_TEST(read.dump() == json(nlohmann::ordered_json(read.value())).dump());
    }
  std::mt19937_64 random(3);
  for (int count = 0; count < 5000; ++count) {
    const auto digits = std::to_string(random() % 1'000'000'000'000'000);
    const auto source =
        "[" + digits.substr(0, 1 + random() % 6) + "." + digits.substr(0, 1 + random() % 12) + "]";
    if (source[1] == '0' && source[2] != '.')
      continue;
    const auto read = json::parse(source);
    BOOST_TEST(read.dump() == json(nlohmann::ordered_json(read.value())).dump());
  }
}

BOOST_AUTO_TEST_CASE(a_document_deeper_than_any_that_is_read_is_released_without_recursion) {
  nlohmann::ordered_json deep;
  for (int count = 0; count < 100'000; ++count)
    deep = nlohmann::ordered_json::array({std::move(deep)});
  const json held(std::move(deep));
  BOOST_TEST(held.value().is_array());
}

BOOST_AUTO_TEST_CASE(strings_of_every_length_are_scanned_to_their_end) {
  for (std::size_t length = 0; length < 40; ++length)
    for (const std::string special : {"\"", "\\", "\x01", "é", "\xFF", ""}) {
      const auto value = std::string(length, 'x') + special + "tail";
      const auto written = json(value).dump();
      const auto expected =
          nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
      BOOST_TEST(written == expected);
      BOOST_TEST(json::parse(written).dump() == written);
    }
}

BOOST_AUTO_TEST_CASE(the_null_handle_is_the_value_null) {
  BOOST_TEST(json().value().is_null());
  BOOST_TEST(json::parse("null").dump() == "null");
  BOOST_TEST(json(nullptr).dump() == "null");
}

BOOST_AUTO_TEST_CASE(copies_share_the_document) {
  const auto one = json::parse("[1]");
  const json two = one; // NOLINT: the copy is the point
  BOOST_TEST(&one.value() == &two.value());
}

// Text that is said to be canonical is passed on as it is: it has to be what the writer would write.
BOOST_AUTO_TEST_CASE(a_number_is_canonical_when_the_writer_would_write_it_so) {
  const auto canonical = [](const std::string& text) {
    const double value = std::stod(text);
    std::string written;
    sluice::detail::write_json_number(written, value);
    const bool yes = sluice::detail::is_canonical_double(text, value);
    BOOST_TEST_INFO_SCOPE(text << " is written as " << written);
    BOOST_TEST((!yes || written == text));
    return yes;
  };
  for (const char* text : {"0.0", "-0.0", "1.5", "-1.5", "0.00001", "-0.00001", "0.000012", "100.0",
                           "123456789012.375", "99999999999999.9"})
    BOOST_TEST(canonical(text), text);
  for (const char* text :
       {"0.000009", "1e5", "1.5E0", "1.50", "100.00", "0.00", "1234567890123.375", "-0.0000099", "7"})
    BOOST_TEST(!canonical(text), text);
}

BOOST_AUTO_TEST_CASE(undefined_numbers_are_written_as_null) {
  BOOST_TEST(json(std::numeric_limits<double>::infinity()).dump() == "null");
  BOOST_TEST(json(std::numeric_limits<double>::quiet_NaN()).dump() == "null");
}

BOOST_AUTO_TEST_SUITE_END()
