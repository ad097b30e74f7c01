#include "model/config/option_mistakes.hpp"
#include "model/message/error_record.hpp"
#include "model/message/json.hpp"
#include "nodes/records/filter.hpp"
#include "nodes/records/format.hpp"
#include "nodes/records/map.hpp"
#include "nodes/records/merge.hpp"
#include "nodes/records/route.hpp"
#include "tests/support/node_harness.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(records_jq_nodes_test)

using sluice::config_value;
using sluice::testing::json_message;
using sluice::testing::node_harness;
using sluice::testing::text_message;

namespace {

using scalars = std::vector<std::pair<std::string, std::string>>;
using texts = std::vector<std::string>;

config_value routes(const scalars& all) {
  std::vector<config_value::member> members;
  for (const auto& [port, program] : all)
    members.push_back({port, {}, config_value::scalar(program)});
  return config_value::map({{"routes", {}, config_value::map(std::move(members))}});
}

sluice::message failed_message() {
  sluice::message result(sluice::error_record{"bad_json", "trouble", "parse", text_message("{")},
                         sluice::message_kind::error);
  result.set_trace({8, 9});
  return result;
}

std::string option_complaint(const sluice::node_type& type, const config_value& given) {
  try {
    node_harness made(type, given);
    return "";
  } catch (const sluice::option_error& wrong) {
    return wrong.option() + ": " + wrong.what();
  }
}

sluice::execution_kind execution(const sluice::node_type& type, const config_value& given) {
  return type.execution_for(sluice::options(type.options, given));
}

config_value one_option(const std::string& name, const std::string& value) {
  return config_value::map({{name, {}, config_value::scalar(value)}});
}

} // namespace

BOOST_AUTO_TEST_CASE(filter_passes_what_is_true_untouched) {
  node_harness filter(sluice::filter_type(), scalars{{"where", ".status >= 500"}});
  const auto kept = json_message(R"({"status":500,"id":9007199254740993})");
  filter.feed(kept);
  filter.feed(json_message(R"({"status":499})"));
  filter.feed(json_message("{}"));
  const auto out = filter.messages();
  BOOST_REQUIRE_EQUAL(out.size(), 1U);
  BOOST_TEST(&out.front().get<sluice::json>().value() == &kept.get<sluice::json>().value());
  BOOST_TEST((out.front().trace() == sluice::trace_id{1, 1}));
}

BOOST_AUTO_TEST_CASE(filter_sees_text_as_a_string_and_leaves_it_text) {
  node_harness filter(sluice::filter_type(), scalars{{"where", "test(\"^a\")"}});
  filter.feed(text_message("abc"));
  filter.feed(text_message("xbc"));
  const auto out = filter.messages();
  BOOST_REQUIRE_EQUAL(out.size(), 1U);
  BOOST_TEST((out.front().get<sluice::text>().view() == "abc"));
}

BOOST_AUTO_TEST_CASE(filter_can_choose_error_messages) {
  node_harness filter(sluice::filter_type(), scalars{{"where", ".error.code == \"bad_json\""}});
  filter.feed(failed_message());
  filter.feed(json_message("{}"));
  const auto out = filter.messages();
  BOOST_REQUIRE_EQUAL(out.size(), 1U);
  BOOST_TEST((out.front().kind() == sluice::message_kind::error));
  BOOST_TEST(out.front().get<sluice::error_record>().node == "parse");
}

BOOST_AUTO_TEST_CASE(filter_fails_with_the_original_when_its_program_does) {
  for (const auto* program : {".a > 1", "(.a + 0) > 1"}) {
    node_harness filter(sluice::filter_type(), scalars{{"where", program}});
    filter.feed(json_message("5"));
    filter.feed(json_message(R"({"a":2})"));
    const auto failures = filter.failures();
    BOOST_REQUIRE_EQUAL(failures.size(), 1U);
    BOOST_TEST(failures.front().code == "jq_error");
    BOOST_TEST(failures.front().text == "Cannot index number with string \"a\"");
    BOOST_TEST(failures.front().original.get<sluice::json>().dump() == "5");
    BOOST_TEST(filter.texts().size() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_bad_program_is_found_when_the_node_is_made) {
  BOOST_TEST(option_complaint(sluice::filter_type(), one_option("where", ".a ="))
                 .find("where: '.a =' is not a jq") == 0U);
  BOOST_TEST(option_complaint(sluice::map_type(), one_option("jq", "env.HOME")).find("jq: the jq program") ==
             0U);
  BOOST_TEST(option_complaint(sluice::route_type(), routes({{"a", "$ENV"}})).find("routes: the jq program") ==
             0U);
  BOOST_TEST(
      option_complaint(sluice::format_type(), one_option("template", "{{ env }}")).find("template: ") == 0U);
}

BOOST_AUTO_TEST_CASE(native_programs_are_cooperative_and_libjq_gets_a_thread) {
  using sluice::execution_kind;
  BOOST_TEST(
      (execution(sluice::filter_type(), one_option("where", ".a > 1")) == execution_kind::cooperative));
  BOOST_TEST(
      (execution(sluice::filter_type(), one_option("where", ".a + 1 > 1")) == execution_kind::blocking));
  BOOST_TEST((execution(sluice::map_type(), one_option("jq", "{a}")) == execution_kind::cooperative));
  BOOST_TEST((execution(sluice::map_type(), one_option("jq", ".[]")) == execution_kind::blocking));
  BOOST_TEST(
      (execution(sluice::route_type(), routes({{"a", ".a"}, {"b", ".b"}})) == execution_kind::cooperative));
  BOOST_TEST(
      (execution(sluice::route_type(), routes({{"a", ".a"}, {"b", "length"}})) == execution_kind::blocking));
  BOOST_TEST((execution(sluice::format_type(), one_option("template", "{{.a}} {{.b}}")) ==
              execution_kind::cooperative));
  BOOST_TEST((execution(sluice::format_type(), one_option("template", "{{.a}} {{length}}")) ==
              execution_kind::blocking));
}

BOOST_AUTO_TEST_CASE(map_sends_each_result_with_the_envelope_of_its_input) {
  node_harness map(sluice::map_type(), scalars{{"jq", ".a[]"}});
  auto in = json_message(R"({"a":[1,"x",null]})");
  in.set_trace({5, 6});
  in.set_key(sluice::text("k"));
  map.feed(std::move(in));
  const auto out = map.messages();
  BOOST_REQUIRE_EQUAL(out.size(), 3U);
  BOOST_TEST(out[1].get<sluice::json>().dump() == "\"x\"");
  for (const auto& one : out) {
    BOOST_TEST((one.trace() == sluice::trace_id{5, 6}));
    BOOST_TEST((one.key().view() == "k"));
    BOOST_TEST(one.is_data());
  }
}

BOOST_AUTO_TEST_CASE(map_makes_data_of_error_messages) {
  node_harness map(sluice::map_type(), scalars{{"jq", "{code: .error.code, line: .original}"}});
  map.feed(failed_message());
  const auto out = map.messages();
  BOOST_REQUIRE_EQUAL(out.size(), 1U);
  BOOST_TEST(out.front().is_data());
  BOOST_TEST(out.front().get<sluice::json>().dump() == R"({"code":"bad_json","line":"{"})");
  BOOST_TEST((out.front().trace() == sluice::trace_id{8, 9}));
}

BOOST_AUTO_TEST_CASE(map_without_results_drops_the_message) {
  node_harness map(sluice::map_type(), scalars{{"jq", "select(.keep)"}});
  map.feed(json_message(R"({"keep":false})"));
  map.feed(json_message(R"({"keep":true})"));
  BOOST_TEST(map.texts() == (texts{R"({"keep":true})"}), boost::test_tools::per_element());
  BOOST_TEST(map.failures().empty());
}

BOOST_AUTO_TEST_CASE(map_sends_nothing_when_the_program_fails_half_way) {
  node_harness map(sluice::map_type(), scalars{{"jq", ".[] | .+1"}});
  map.feed(json_message("[1,2,{}]"));
  map.feed(json_message("[3]"));
  BOOST_TEST(map.texts() == (texts{"4"}), boost::test_tools::per_element());
  const auto failures = map.failures();
  BOOST_REQUIRE_EQUAL(failures.size(), 1U);
  BOOST_TEST(failures.front().original.get<sluice::json>().dump() == "[1,2,{}]");
}

BOOST_AUTO_TEST_CASE(route_sends_each_message_to_the_first_port_that_wants_it) {
  const auto type = sluice::route_type();
  const auto given = routes({{"failed", ".status >= 500"}, {"odd", ".status >= 400"}});
  node_harness route(type, given);
  for (const auto* one : {R"({"status":500})", R"({"status":404})", R"({"status":200})", R"({"status":503})"})
    route.feed(json_message(one));
  BOOST_TEST(route.texts(0) == (texts{R"({"status":500})", R"({"status":503})"}),
             boost::test_tools::per_element());
  BOOST_TEST(route.texts(1) == (texts{R"({"status":404})"}), boost::test_tools::per_element());
  BOOST_TEST(route.texts(2) == (texts{R"({"status":200})"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(route_has_a_port_for_each_route_in_order_and_else) {
  const auto type = sluice::route_type();
  const auto ports = type.ports_for(sluice::options(type.options, routes({{"b", ".b"}, {"a", ".a"}})));
  texts names;
  for (const auto& one : ports.outputs)
    names.push_back(one.name);
  BOOST_TEST(names == (texts{"b", "a", "else"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(route_refuses_ports_that_cannot_be) {
  const auto type = sluice::route_type();
  BOOST_TEST(option_complaint(type, routes({})).find("no route") != std::string::npos);
  BOOST_TEST(option_complaint(type, routes({{"a b", "."}})).find("'a b' cannot name a port") !=
             std::string::npos);
  BOOST_TEST(option_complaint(type, routes({{"else", "."}})).find("rename the route 'else'") !=
             std::string::npos);
  BOOST_TEST(option_complaint(type, routes({{"error", "."}})).find("rename the route 'error'") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(route_reports_bad_ports_and_bad_programs_at_once) {
  const auto type = sluice::route_type();
  const auto members = [](const std::function<void(const sluice::options&)>& use, const config_value& given) {
    std::vector<std::string> found;
    try {
      use(sluice::options(sluice::route_type().options, given));
    } catch (const sluice::option_mistakes& wrong) {
      for (const auto& one : wrong.all())
        found.push_back((one.where == sluice::option_mistake::part::name ? "name " : "value ") + one.member);
    }
    return found;
  };
  const auto all = routes({{"error", "."}, {"else", "."}, {"a b", "."}, {"ok", ".["}, {"fine", ".a"}});
  BOOST_TEST(members(type.ports_for, all) == (texts{"name error", "name else", "name a b", "value ok"}),
             boost::test_tools::per_element());
  // With good names the ports are known; only making the node fails.
  const auto programs = routes({{"a", ".["}, {"b", "]"}});
  BOOST_TEST(type.ports_for(sluice::options(type.options, programs)).outputs.size() == 3U);
  BOOST_TEST(members(type.make, programs) == (texts{"value a", "value b"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(route_fails_when_a_program_does_and_asks_no_further) {
  node_harness route(sluice::route_type(), routes({{"a", ".a"}, {"rest", "true"}}));
  route.feed(json_message("5"));
  BOOST_TEST(route.failures().size() == 1U);
  BOOST_TEST(route.texts(1).empty());
}

BOOST_AUTO_TEST_CASE(merge_passes_everything_on) {
  node_harness merge(sluice::merge_type(), scalars{});
  merge.feed(text_message("a"));
  merge.feed(json_message("[1]"));
  merge.feed(failed_message());
  const auto out = merge.messages();
  BOOST_REQUIRE_EQUAL(out.size(), 3U);
  BOOST_TEST((out[2].kind() == sluice::message_kind::error));
}

BOOST_AUTO_TEST_CASE(format_fills_its_holes) {
  node_harness format(sluice::format_type(),
                      scalars{{"template", "{{.host}} said {{ .n }}, {{.list}}: {{.none}}{{empty}}!"}});
  format.feed(json_message(R"({"host":"a \"b\"","n":1.5,"list":[1, 2]})"));
  BOOST_TEST(format.texts() == (texts{R"(a "b" said 1.5, [1,2]: null!)"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(format_finds_the_end_of_a_hole_past_braces_and_strings) {
  node_harness format(sluice::format_type(),
                      scalars{{"template", R"({{{a:{b:.x}}}} {{ "}}" }} {{ "{{" }} {x} }} {{ "\"}}" }})"}});
  format.feed(json_message(R"({"x":1})"));
  BOOST_TEST(format.texts() == (texts{R"({"a":{"b":1}} }} {{ {x} }} "}})"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(format_makes_text_of_text_and_of_error_messages) {
  node_harness format(sluice::format_type(), scalars{{"template", "<{{.}}>"}});
  format.feed(text_message("a\xFF"));
  BOOST_TEST(format.texts() == (texts{"<a\xFF>"}), boost::test_tools::per_element());
  node_harness errors(sluice::format_type(), scalars{{"template", "{{.error.node}}: {{.error.message}}"}});
  errors.feed(failed_message());
  const auto out = errors.messages();
  BOOST_REQUIRE_EQUAL(out.size(), 1U);
  BOOST_TEST((out.front().get<sluice::text>().view() == "parse: trouble"));
  BOOST_TEST(out.front().is_data());
}

BOOST_AUTO_TEST_CASE(format_refuses_a_template_with_a_broken_hole) {
  const auto type = sluice::format_type();
  BOOST_TEST(option_complaint(type, one_option("template", "ab {{ .x")) ==
             "template: the hole that opens at byte 3 of the template is not closed by '}}'");
  BOOST_TEST(option_complaint(type, one_option("template", "{{ }}")).find("is empty") != std::string::npos);
  BOOST_TEST(option_complaint(type, one_option("template", "plain")).empty());
}

BOOST_AUTO_TEST_SUITE_END()
