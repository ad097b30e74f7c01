#include "model/base/error.hpp"
#include "nodes/io/config_json.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>

using namespace sluice;

namespace {

std::string plain(std::string text) {
  return json_of(config_value::scalar(std::move(text))).dump();
}

} // namespace

BOOST_AUTO_TEST_SUITE(io_config_json)

BOOST_AUTO_TEST_CASE(unquoted_scalars_get_the_type_of_the_core_schema) {
  for (const auto& [yaml, expected] : std::initializer_list<std::pair<const char*, const char*>>{
           {"~", "null"},
           {"Null", "null"},
           {"", "null"},
           {"true", "true"},
           {"FALSE", "false"},
           {"0", "0"},
           {"-7", "-7"},
           {"+12", "12"},
           {"007", "7"},
           {"0x1F", "31"},
           {"0o17", "15"},
           {"1.5", "1.5"},
           {".5", "0.5"},
           {"-2e3", "-2000.0"},
           {"9223372036854775807", "9223372036854775807"},
           {"18446744073709551615", "18446744073709551615"},
       })
    BOOST_TEST(plain(yaml) == expected, yaml);
}

BOOST_AUTO_TEST_CASE(other_unquoted_scalars_are_strings) {
  for (const auto* word : {"yes", "on", "1_000", "0b1", "1.2.3", "0xG", "-", ".", "12 ", "nullo", "+0x1F"})
    BOOST_TEST(plain(word) == "\"" + std::string(word) + "\"");
  BOOST_TEST(plain(std::string(100'000, '1')).size() == 100'002U);
}

BOOST_AUTO_TEST_CASE(quoted_scalars_are_strings) {
  BOOST_TEST(json_of(config_value::scalar("5", true)).dump() == "\"5\"");
  BOOST_TEST(json_of(config_value::scalar("", true)).dump() == "\"\"");
  BOOST_TEST(json_of(config_value::scalar("null", true)).dump() == "\"null\"");
}

BOOST_AUTO_TEST_CASE(lists_and_maps_keep_their_order) {
  const auto value = config_value::map({
      {"z",
       {},
       config_value::list({config_value::scalar("1"), config_value::null(), config_value::scalar("x")})},
      {"a", {}, config_value::map({})},
  });
  BOOST_TEST(json_of(value).dump() == R"({"z":[1,null,"x"],"a":{}})");
}

BOOST_AUTO_TEST_CASE(numbers_without_a_json_form_are_refused) {
  for (const auto* word : {".inf", "-.INF", ".nan", "1e999", "0xfffffffffffffffff"})
    BOOST_CHECK_THROW(plain(word), error);
}

BOOST_AUTO_TEST_CASE(nesting_is_bounded) {
  auto value = config_value::scalar("1");
  for (int level = 0; level < 128; ++level)
    value = config_value::list({value});
  BOOST_CHECK_NO_THROW(json_of(value));
  BOOST_CHECK_THROW(json_of(config_value::list({value})), error);
}

BOOST_AUTO_TEST_SUITE_END()
