#include "model/edge/coalesce.hpp"
#include "model/message/error_record.hpp"
#include "model/message/json.hpp"
#include "model/message/render.hpp"
#include "tests/support/node_harness.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using namespace sluice;
using testing::json_message;
using testing::text_message;

namespace {

std::string render(const message& one) {
  std::string out;
  append_text(out, one);
  return out;
}

/// Merges `b` into `a` with the function called `name` and returns the result as text.
std::string merged(std::string_view name, message a, message b) {
  find_coalesce(name)(a, std::move(b));
  return render(a);
}

std::string merged_json(std::string_view name, std::string_view a, std::string_view b) {
  return merged(name, json_message(a), json_message(b));
}

std::string merged_text(std::string_view name, std::string_view a, std::string_view b) {
  return merged(name, text_message(a), text_message(b));
}

/// Checks that the pair is refused with the documented code and that the queued message is as it was.
void check_refused(std::string_view name, message queued, const message& incoming) {
  const std::string before = render(queued);
  const auto function = find_coalesce(name);
  BOOST_CHECK_EXCEPTION(function(queued, message(incoming)), error,
                        [](const error& failed) { return failed.code() == "cannot_coalesce"; });
  BOOST_TEST(render(queued) == before);
}

message traced(message one, std::uint64_t sequence) {
  one.set_trace({1, sequence});
  one.set_timestamp(std::chrono::nanoseconds{static_cast<std::int64_t>(sequence)});
  one.set_key(text("key" + std::to_string(sequence)));
  return one;
}

} // namespace

BOOST_AUTO_TEST_SUITE(coalesce)

BOOST_AUTO_TEST_CASE(every_name_has_a_function_and_no_other_name_has) {
  const std::vector<std::string> expected{"sum", "min", "max", "count", "first", "last", "concat", "merge"};
  BOOST_TEST(coalesce_names() == expected, boost::test_tools::per_element());
  for (const auto& name : expected)
    BOOST_TEST(static_cast<bool>(find_coalesce(name)), name);
  for (const auto* wrong : {"", "SUM", "avg", "sum "})
    BOOST_TEST(!find_coalesce(wrong), wrong);
}

BOOST_AUTO_TEST_CASE(sum_adds_numbers_of_every_form_and_keeps_the_form) {
  BOOST_TEST(merged_json("sum", "2", "3") == "5");
  BOOST_TEST(merged_json("sum", "2", "-3") == "-1");
  BOOST_TEST(merged_json("sum", "2", "0.5") == "2.5");
  BOOST_TEST(merged_text("sum", "2", "3") == "5");
  BOOST_TEST(merged_text("sum", "0.25", "3") == "3.25");
  message whole(40);
  find_coalesce("sum")(whole, message(2));
  BOOST_TEST(whole.get<int>() == 42);
  message real(0.5);
  find_coalesce("sum")(real, message(2));
  BOOST_TEST(real.get<double>() == 2.5);
  message wide(std::int64_t{40});
  find_coalesce("sum")(wide, message(2));
  BOOST_TEST(wide.get<std::int64_t>() == 42);
}

BOOST_AUTO_TEST_CASE(sum_of_forms_that_differ_has_the_queued_ones_form) {
  BOOST_TEST(merged("sum", json_message("1"), text_message("2")) == "3");
  message queued = text_message("2");
  find_coalesce("sum")(queued, json_message("1"));
  BOOST_TEST(queued.get<text>().view() == "3");
}

BOOST_AUTO_TEST_CASE(sum_of_whole_numbers_is_exact_beyond_the_range_of_doubles) {
  BOOST_TEST(merged_json("sum", "9007199254740993", "0") == "9007199254740993");
  BOOST_TEST(merged_json("sum", "9007199254740992", "1") == "9007199254740993");
  BOOST_TEST(merged_json("sum", "9223372036854775807", "1") == "9223372036854775808");
  BOOST_TEST(merged_json("sum", "18446744073709551615", "-1") == "18446744073709551614");
}

BOOST_AUTO_TEST_CASE(sum_that_does_not_fit_is_refused) {
  check_refused("sum", json_message("18446744073709551615"), json_message("1"));
  check_refused("sum", json_message("-9223372036854775808"), json_message("-1"));
  check_refused("sum", message(std::numeric_limits<int>::max()), message(1));
  check_refused("sum", message(1U), message(-2));
  check_refused("sum", message(1), message(0.5));
  check_refused("sum", json_message("1e308"), json_message("1e308"));
}

BOOST_AUTO_TEST_CASE(sum_min_and_max_take_numbers_only) {
  for (const auto* name : {"sum", "min", "max"}) {
    check_refused(name, json_message("1"), json_message("\"2\""));
    check_refused(name, json_message("null"), json_message("1"));
    check_refused(name, json_message("true"), json_message("1"));
    check_refused(name, json_message("[1]"), json_message("[2]"));
    check_refused(name, text_message("one"), text_message("1"));
    check_refused(name, text_message("1"), text_message(""));
    check_refused(name, message(true), message(1));
    check_refused(name, message(1), message());
    check_refused(name, message(bytes("1")), message(bytes("2")));
  }
}

BOOST_AUTO_TEST_CASE(min_and_max_keep_the_whole_message_that_won) {
  message least = traced(json_message("3"), 1);
  find_coalesce("min")(least, traced(json_message("2"), 2));
  BOOST_TEST(render(least) == "2");
  BOOST_TEST(least.trace().sequence == 2U);
  find_coalesce("min")(least, traced(json_message("5"), 3));
  BOOST_TEST(render(least) == "2");
  BOOST_TEST(least.trace().sequence == 2U);
  message greatest = traced(json_message("3"), 1);
  find_coalesce("max")(greatest, traced(json_message("2"), 2));
  BOOST_TEST(greatest.trace().sequence == 1U);
  find_coalesce("max")(greatest, traced(json_message("5"), 3));
  BOOST_TEST(render(greatest) == "5");
  BOOST_TEST(greatest.trace().sequence == 3U);
}

BOOST_AUTO_TEST_CASE(min_and_max_keep_the_queued_of_equals) {
  for (const auto* name : {"min", "max"}) {
    message queued = traced(json_message("3"), 1);
    find_coalesce(name)(queued, traced(json_message("3"), 2));
    BOOST_TEST(queued.trace().sequence == 1U, name);
  }
}

BOOST_AUTO_TEST_CASE(min_and_max_compare_exactly_and_as_numbers) {
  BOOST_TEST(merged_json("max", "9007199254740992", "9007199254740993") == "9007199254740993");
  BOOST_TEST(merged_json("min", "18446744073709551615", "-1") == "-1");
  BOOST_TEST(merged_text("max", "9", "10") == "10");
  BOOST_TEST(merged_json("min", "2", "1.5") == "1.5");
  BOOST_TEST(merged("max", message(3), message(2)) == "3");
}

BOOST_AUTO_TEST_CASE(count_tells_how_many_messages_became_one) {
  message queued = traced(text_message("a"), 7);
  const auto count = find_coalesce("count");
  count(queued, text_message("b"));
  BOOST_TEST(render(queued) == R"({"count":2})");
  count(queued, json_message("5"));
  count(queued, message(1));
  BOOST_TEST(render(queued) == R"({"count":4})");
  BOOST_TEST(queued.trace().sequence == 7U);
  BOOST_TEST(queued.timestamp().count() == 7);
  BOOST_TEST(queued.key().view() == "key7");
}

BOOST_AUTO_TEST_CASE(count_adds_counts_and_does_not_mistake_data_for_them) {
  BOOST_TEST(merged_json("count", R"({"count":3})", R"({"count":4})") == R"({"count":7})");
  BOOST_TEST(merged_json("count", "3", "4") == R"({"count":2})");
  BOOST_TEST(merged_json("count", R"({"count":3,"a":1})", R"({"count":"x"})") == R"({"count":2})");
  BOOST_TEST(merged_json("count", R"({"count":-3})", R"({"count":1.5})") == R"({"count":2})");
  BOOST_TEST(merged_json("count", R"({})", R"({"total":1})") == R"({"count":2})");
}

BOOST_AUTO_TEST_CASE(count_of_errors_is_data) {
  message queued(error_record{"bad_json", "text", "node", text_message("x")}, message_kind::error);
  find_coalesce("count")(queued, text_message("y"));
  BOOST_TEST(queued.is_data());
  BOOST_TEST(render(queued) == R"({"count":2})");
}

BOOST_AUTO_TEST_CASE(first_keeps_the_queued_and_last_the_incoming_message) {
  message queued = traced(text_message("a"), 1);
  find_coalesce("first")(queued, traced(text_message("b"), 2));
  BOOST_TEST(render(queued) == "a");
  BOOST_TEST(queued.trace().sequence == 1U);
  find_coalesce("last")(queued, traced(json_message("[]"), 3));
  BOOST_TEST(render(queued) == "[]");
  BOOST_TEST(queued.trace().sequence == 3U);
}

BOOST_AUTO_TEST_CASE(concat_joins_text_by_a_line_end) {
  BOOST_TEST(merged_text("concat", "a", "b") == "a\nb");
  BOOST_TEST(merged_text("concat", "", "") == "\n");
  BOOST_TEST(merged_text("concat", std::string_view("\0\xff", 2), "b") == std::string("\0\xff\nb", 4));
  message queued = traced(text_message("a"), 1);
  find_coalesce("concat")(queued, traced(text_message("b"), 2));
  BOOST_TEST(queued.trace().sequence == 1U);
  BOOST_TEST(queued.key().view() == "key1");
}

BOOST_AUTO_TEST_CASE(concat_leaves_other_holders_of_the_text_alone) {
  message queued = text_message("a");
  const message copy = queued;
  find_coalesce("concat")(queued, text_message("b"));
  BOOST_TEST(render(copy) == "a");
}

BOOST_AUTO_TEST_CASE(concat_joins_arrays) {
  BOOST_TEST(merged_json("concat", "[1,2]", "[3]") == "[1,2,3]");
  BOOST_TEST(merged_json("concat", "[]", "[[]]") == "[[]]");
}

BOOST_AUTO_TEST_CASE(concat_refuses_what_it_does_not_join) {
  check_refused("concat", text_message("a"), json_message("[]"));
  check_refused("concat", json_message("[]"), json_message("{}"));
  check_refused("concat", json_message("\"a\""), json_message("\"b\""));
  check_refused("concat", message(1), message(2));
}

BOOST_AUTO_TEST_CASE(concat_and_merge_do_not_grow_without_end) {
  const std::string half(defaults::line_limit / 2, 'x');
  BOOST_TEST(merged_text("concat", half, half.substr(1)).size() == defaults::line_limit);
  check_refused("concat", text_message(half), text_message(half));
  std::string array = "[1";
  std::string object = R"({"0":0)";
  for (int i = 1; i < 10'000; ++i) {
    array += ",1";
    object += ",\"" + std::to_string(i) + "\":0";
  }
  check_refused("concat", json_message(array + "]"), json_message("[1]"));
  check_refused("merge", json_message(object + "}"), json_message(R"({"new":1})"));
  BOOST_TEST(merged_json("merge", object + "}", R"({"0":0})") == object + "}");
}

BOOST_AUTO_TEST_CASE(merge_lets_the_incoming_members_win_and_keeps_their_order) {
  BOOST_TEST(merged_json("merge", R"({"b":1,"a":2})", R"({"a":3,"c":4})") == R"({"b":1,"a":3,"c":4})");
  BOOST_TEST(merged_json("merge", R"({"a":{"x":1}})", R"({"a":{"y":2}})") == R"({"a":{"y":2}})");
  BOOST_TEST(merged_json("merge", "{}", "{}") == "{}");
}

BOOST_AUTO_TEST_CASE(merge_refuses_what_is_not_an_object) {
  check_refused("merge", json_message("{}"), json_message("[]"));
  check_refused("merge", json_message("1"), json_message("{}"));
  check_refused("merge", text_message("{}"), text_message("{}"));
}

BOOST_AUTO_TEST_SUITE_END()
