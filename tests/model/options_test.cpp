#include "model/config/options.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

option_spec spec(std::string name, option_kind kind, std::string default_value = "") {
  option_spec made;
  made.name = std::move(name);
  made.kind = kind;
  made.default_value = std::move(default_value);
  return made;
}

option_spec bounded(option_kind kind, double minimum, double maximum) {
  auto made = spec("x", kind);
  made.minimum = minimum;
  made.maximum = maximum;
  return made;
}

config_value scalar(std::string text) {
  return config_value::scalar(std::move(text));
}

config_value one_member(std::string name, config_value value) {
  return config_value::map({{std::move(name), {2, 3}, std::move(value)}}, {1, 1});
}

findings check(const option_spec& declared, const config_value& given) {
  findings found;
  check_options({declared}, given, "nodes.n", {"type"}, found);
  return found;
}

/// The text of the only finding for `x: TEXT`, or an empty string.
std::string complaint(const option_spec& declared, std::string text) {
  const auto found = check(declared, one_member("x", scalar(std::move(text))));
  if (found.empty())
    return "";
  BOOST_TEST(found.size() == 1U);
  BOOST_TEST(found[0].code == "BAD_VALUE");
  return found[0].text;
}

std::string complaint(option_kind kind, std::string text) {
  return complaint(spec("x", kind), std::move(text));
}

} // namespace

BOOST_AUTO_TEST_SUITE(options_of_nodes)

BOOST_AUTO_TEST_CASE(good_values_of_every_kind_pass) {
  BOOST_TEST(complaint(option_kind::string, "anything at all") == "");
  BOOST_TEST(complaint(option_kind::string, "") == "");
  BOOST_TEST(complaint(option_kind::integer, "-10_000") == "");
  BOOST_TEST(complaint(option_kind::number, "0.5") == "");
  BOOST_TEST(complaint(option_kind::boolean, "false") == "");
  BOOST_TEST(complaint(option_kind::duration, "1m30s") == "");
  BOOST_TEST(complaint(option_kind::size, "64KiB") == "");
  BOOST_TEST(
      check(spec("x", option_kind::string_list), one_member("x", config_value::list({scalar("a")}))).empty());
  BOOST_TEST(check(spec("x", option_kind::string_list), one_member("x", config_value::list({}))).empty());
  BOOST_TEST(
      check(spec("x", option_kind::string_map), one_member("x", one_member("k", scalar("v")))).empty());
  BOOST_TEST(check(spec("x", option_kind::any), one_member("x", config_value::list({}))).empty());
}

BOOST_AUTO_TEST_CASE(a_value_of_the_wrong_kind_is_told_with_what_is_expected) {
  BOOST_TEST(complaint(option_kind::integer, "1.5") == "'1.5' is not a whole number");
  BOOST_TEST(complaint(option_kind::number, "much") == "'much' is not a number");
  BOOST_TEST(complaint(option_kind::boolean, "yes") == "'yes' is not true or false");
  BOOST_TEST(complaint(option_kind::duration, "30") == "'30' is not a duration such as 250ms or 30s");
  BOOST_TEST(complaint(option_kind::size, "64K") == "'64K' is not a size such as 64KiB");
}

BOOST_AUTO_TEST_CASE(a_value_of_the_wrong_shape_is_told_with_what_was_found) {
  const auto text = [](option_kind kind, config_value value) {
    const auto found = check(spec("x", kind), one_member("x", std::move(value)));
    return found.size() == 1 ? found[0].text : "";
  };
  BOOST_TEST(text(option_kind::string, config_value::list({})) == "expected a string, found a list");
  BOOST_TEST(text(option_kind::integer, config_value::map({})) == "expected a whole number, found a map");
  BOOST_TEST(text(option_kind::string_list, scalar("a")) == "expected a list of strings, found a scalar");
  BOOST_TEST(text(option_kind::string_map, config_value::list({})) ==
             "expected a map of strings, found a list");
  BOOST_TEST(!text(option_kind::string_list, config_value::list({config_value::list({})})).empty());
  BOOST_TEST(!text(option_kind::string_list, config_value::list({config_value::null()})).empty());
  BOOST_TEST(!text(option_kind::string_map, one_member("k", config_value::map({}))).empty());
}

BOOST_AUTO_TEST_CASE(bounds_are_included) {
  const auto integer = bounded(option_kind::integer, 1, 10);
  BOOST_TEST(complaint(integer, "1") == "");
  BOOST_TEST(complaint(integer, "10") == "");
  BOOST_TEST(complaint(integer, "0") == "0 is too small; at least 1");
  BOOST_TEST(complaint(integer, "11") == "11 is too large; at most 10");
  const auto number = bounded(option_kind::number, 0, 1);
  BOOST_TEST(complaint(number, "1") == "");
  BOOST_TEST(complaint(number, "1.0001") == "1.0001 is too large; at most 1");
  BOOST_TEST(complaint(number, "-0.5") == "-0.5 is too small; at least 0");
}

BOOST_AUTO_TEST_CASE(bounds_of_durations_and_sizes_are_told_with_units) {
  const auto duration = bounded(option_kind::duration, 1e6, 90e9);
  BOOST_TEST(complaint(duration, "1ms") == "");
  BOOST_TEST(complaint(duration, "90s") == "");
  BOOST_TEST(complaint(duration, "999us") == "999us is too small; at least 1ms");
  BOOST_TEST(complaint(duration, "2m") == "2m is too large; at most 90s");
  BOOST_TEST(complaint(bounded(option_kind::duration, 500, 1e9), "1ns") ==
             "1ns is too small; at least 500ns");
  const auto size = bounded(option_kind::size, 1024, 65536);
  BOOST_TEST(complaint(size, "1KiB") == "");
  BOOST_TEST(complaint(size, "65KiB") == "65KiB is too large; at most 65536 bytes");
}

BOOST_AUTO_TEST_CASE(large_bounds_are_written_out) {
  BOOST_TEST(complaint(bounded(option_kind::integer, 1, 1e9), "2000000000") ==
             "2000000000 is too large; at most 1000000000");
  BOOST_TEST(complaint(bounded(option_kind::number, 1e-6, 1), "0") == "0 is too small; at least 1e-06");
}

BOOST_AUTO_TEST_CASE(a_choice_is_one_of_its_names_and_the_nearest_is_suggested) {
  auto choice = spec("x", option_kind::choice);
  choice.choices = {"json", "text"};
  BOOST_TEST(complaint(choice, "json") == "");
  BOOST_TEST(complaint(choice, "jsn") == "'jsn' is not one of json, text (did you mean 'json'?)");
  BOOST_TEST(complaint(choice, "yaml") == "'yaml' is not one of json, text");
  BOOST_TEST(complaint(choice, "") == "'' is not one of json, text");
}

BOOST_AUTO_TEST_CASE(a_finding_has_the_path_and_the_place_of_the_value) {
  const auto value = config_value::scalar("x1", false, {4, 12});
  const auto found = check(spec("count", option_kind::integer), one_member("count", value));
  BOOST_REQUIRE_EQUAL(found.size(), 1U);
  BOOST_TEST(found[0].path == "nodes.n.count");
  BOOST_TEST((found[0].position == source_position{4, 12}));
  BOOST_TEST(found[0].is_error());
}

BOOST_AUTO_TEST_CASE(an_unknown_option_is_told_at_its_name_with_the_nearest_known_one) {
  const auto found = check(spec("count", option_kind::integer), one_member("coumt", scalar("1")));
  BOOST_REQUIRE_EQUAL(found.size(), 1U);
  BOOST_TEST(found[0].code == "UNKNOWN_OPTION");
  BOOST_TEST(found[0].path == "nodes.n.coumt");
  BOOST_TEST(found[0].text == "unknown option 'coumt' (did you mean 'count'?)");
  BOOST_TEST((found[0].position == source_position{2, 3}));
}

BOOST_AUTO_TEST_CASE(reserved_members_are_left_alone_and_may_be_suggested) {
  BOOST_TEST(check(spec("count", option_kind::integer), one_member("type", config_value::list({}))).empty());
  const auto found = check(spec("count", option_kind::integer), one_member("tpye", scalar("batch")));
  BOOST_REQUIRE_EQUAL(found.size(), 1U);
  BOOST_TEST(found[0].text == "unknown option 'tpye' (did you mean 'type'?)");
}

BOOST_AUTO_TEST_CASE(a_required_option_must_be_there_and_have_a_value) {
  auto required = spec("rate", option_kind::number);
  required.required = true;
  required.description = "Messages per second.";
  const auto missing = check(required, config_value::map({}, {7, 5}));
  BOOST_REQUIRE_EQUAL(missing.size(), 1U);
  BOOST_TEST(missing[0].code == "BAD_VALUE");
  BOOST_TEST(missing[0].path == "nodes.n.rate");
  BOOST_TEST(missing[0].text == "the option 'rate' is required: Messages per second.");
  BOOST_TEST((missing[0].position == source_position{7, 5}));
  BOOST_TEST(check(required, config_value::null()).size() == 1U);
  const auto empty = check(required, one_member("rate", config_value::null({2, 9})));
  BOOST_REQUIRE_EQUAL(empty.size(), 1U);
  BOOST_TEST(empty[0].text == "expected a number, found nothing");
  BOOST_TEST(check(required, one_member("rate", scalar("1"))).empty());
}

BOOST_AUTO_TEST_CASE(null_is_as_if_an_optional_option_were_not_there) {
  BOOST_TEST(check(spec("x", option_kind::integer), one_member("x", config_value::null())).empty());
  BOOST_TEST(check(spec("x", option_kind::integer), config_value::null()).empty());
}

BOOST_AUTO_TEST_CASE(all_findings_come_at_once_after_those_that_were_there) {
  auto required = spec("must", option_kind::string);
  required.required = true;
  findings found{{finding::level::warning, "NO_CONSUMER", "", "", {}}};
  check_options({required, spec("n", option_kind::integer)},
                config_value::map({{"n", {}, scalar("x")}, {"zzz", {}, scalar("1")}}), "", {}, found);
  BOOST_REQUIRE_EQUAL(found.size(), 4U);
  BOOST_TEST(found[1].path == "n");
  BOOST_TEST(found[2].code == "UNKNOWN_OPTION");
  BOOST_TEST(found[3].path == "must");
}

BOOST_AUTO_TEST_CASE(accessors_give_what_was_written) {
  auto choice = spec("choice", option_kind::choice, "a");
  choice.choices = {"a", "b"};
  const options given(
      {spec("string", option_kind::string), spec("integer", option_kind::integer),
       spec("number", option_kind::number), spec("boolean", option_kind::boolean),
       spec("duration", option_kind::duration), spec("size", option_kind::size), choice,
       spec("list", option_kind::string_list), spec("map", option_kind::string_map),
       spec("any", option_kind::any)},
      config_value::map({{"string", {}, scalar("007")},
                         {"integer", {}, scalar("9223372036854775807")},
                         {"number", {}, scalar("0.25")},
                         {"boolean", {}, scalar("true")},
                         {"duration", {}, scalar("1.5s")},
                         {"size", {}, scalar("1KiB")},
                         {"choice", {}, scalar("b")},
                         {"list", {}, config_value::list({scalar("y"), scalar("x")})},
                         {"map", {}, config_value::map({{"k", {}, scalar("v")}, {"a", {}, scalar("w")}})},
                         {"any", {}, config_value::list({scalar("1")})}}));
  BOOST_TEST(given.get_string("string") == "007");
  BOOST_TEST(given.get_integer("integer") == 9'223'372'036'854'775'807);
  BOOST_TEST(given.get_number("number") == 0.25);
  BOOST_TEST(given.get_boolean("boolean"));
  BOOST_TEST(given.get_duration("duration").count() == 1'500'000'000);
  BOOST_TEST(given.get_size("size") == 1024U);
  BOOST_TEST(given.get_string("choice") == "b");
  BOOST_TEST(given.get_string_list("list") == (std::vector<std::string>{"y", "x"}),
             boost::test_tools::per_element());
  const auto map = given.get_string_map("map");
  BOOST_REQUIRE_EQUAL(map.size(), 2U);
  BOOST_TEST(map[0].first == "k");
  BOOST_TEST(map[1].second == "w");
  BOOST_TEST(given.get_any("any").is_list());
}

BOOST_AUTO_TEST_CASE(accessors_give_the_default_when_nothing_or_null_was_written) {
  const std::vector<option_spec> specs{spec("string", option_kind::string, "s"),
                                       spec("integer", option_kind::integer, "1_000"),
                                       spec("number", option_kind::number, "0.5"),
                                       spec("boolean", option_kind::boolean, "true"),
                                       spec("duration", option_kind::duration, "30s"),
                                       spec("size", option_kind::size, "1MiB"),
                                       spec("any", option_kind::any, "7")};
  std::vector<config_value::member> nulls;
  for (const auto& one : specs)
    nulls.push_back({one.name, {}, config_value::null()});
  for (const auto& given : {options(specs, {}), options(specs, config_value::map(nulls))}) {
    BOOST_TEST(given.get_string("string") == "s");
    BOOST_TEST(given.get_integer("integer") == 1000);
    BOOST_TEST(given.get_number("number") == 0.5);
    BOOST_TEST(given.get_boolean("boolean"));
    BOOST_TEST((given.get_duration("duration") == 30s));
    BOOST_TEST(given.get_size("size") == 1'048'576U);
    BOOST_TEST(given.get_any("any").text() == "7");
    BOOST_TEST(given.has("any"));
  }
}

BOOST_AUTO_TEST_CASE(without_a_default_there_is_nothing) {
  const options given({spec("string", option_kind::string), spec("integer", option_kind::integer),
                       spec("list", option_kind::string_list), spec("map", option_kind::string_map),
                       spec("any", option_kind::any)},
                      {});
  BOOST_TEST(!given.has("string"));
  BOOST_TEST(given.get_string("string") == "");
  BOOST_TEST(given.get_integer("integer") == 0);
  BOOST_TEST(given.get_string_list("list").empty());
  BOOST_TEST(given.get_string_map("map").empty());
  BOOST_TEST(given.get_any("any").is_null());
}

BOOST_AUTO_TEST_CASE(an_option_is_there_when_written_or_by_default) {
  const options given({spec("written", option_kind::string), spec("null", option_kind::string),
                       spec("usual", option_kind::string, "x")},
                      config_value::map({{"written", {}, scalar("")}, {"null", {}, config_value::null()}}));
  BOOST_TEST(given.has("written"));
  BOOST_TEST(!given.has("null"));
  BOOST_TEST(given.has("usual"));
}

BOOST_AUTO_TEST_CASE(asking_for_what_the_type_does_not_declare_is_our_bug) {
  const options given({spec("x", option_kind::integer)}, {});
  BOOST_CHECK_THROW((void)given.has("y"), internal_error);
  BOOST_CHECK_THROW((void)given.get_integer("y"), internal_error);
  BOOST_CHECK_THROW((void)given.get_string("x"), internal_error);
  BOOST_CHECK_THROW((void)given.get_duration("x"), internal_error);
  BOOST_CHECK_THROW((void)given.get_string_list("x"), internal_error);
  BOOST_CHECK_THROW((void)given.get_any("x"), internal_error);
}

BOOST_AUTO_TEST_CASE(an_option_error_names_its_option) {
  const option_error failed("where", "no such function: foo/0");
  BOOST_TEST(failed.option() == "where");
  BOOST_TEST(failed.code() == "bad_value");
}

BOOST_AUTO_TEST_SUITE_END()
