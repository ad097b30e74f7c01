#include "model/message/json.hpp"
#include "model/rules/tag_id.hpp"
#include "nodes/builtin.hpp"
#include "nodes/rules/rules_node.hpp"
#include "tests/nodes/rules_node_scene.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace sluice;
using namespace sluice::rules_node_scene;
using nlohmann::ordered_json;

namespace {

using ids = std::vector<std::string>;

void check(const ids& found, const ids& expected) {
  BOOST_TEST(found == expected, boost::test_tools::per_element());
}

} // namespace

BOOST_AUTO_TEST_SUITE(rules_node)

BOOST_AUTO_TEST_CASE(a_record_that_matches_gets_its_tags_and_keeps_its_text) {
  scene at;
  rule what{"dropper", 3,
            "n",       "",
            {"ssh"},   "command",
            "wget",    {{"T1105", "command-and-control", 0.75, {{"note", "a\"b"}}}, {"T1059", "", 1, {}}}};
  at.places->add(what);
  at.node.start();
  at.node.feed(
      json_message(R"({"id":"e1","kind":"ssh","big":123456789012345678901234567890,"command":"wget x"})"));
  const auto texts = at.node.texts(matched);
  BOOST_REQUIRE(texts.size() == 1U);
  const auto id = [](const char* technique) { return to_string(tag_id("e1", "dropper", 3, technique)); };
  BOOST_TEST(
      texts[0] ==
      R"({"id":"e1","kind":"ssh","big":123456789012345678901234567890,"command":"wget x","tags":[)"
      R"({"tag_id":")" +
          id("T1105") +
          R"(","rule_id":"dropper","rule_version":3,"technique_id":"T1105","tactic":"command-and-control",)"
          R"("confidence":0.75,"note":"a\"b"},)"
          R"({"tag_id":")" +
          id("T1059") +
          R"(","rule_id":"dropper","rule_version":3,"technique_id":"T1059","tactic":"","confidence":1.0}]})");
  BOOST_TEST(at.node.texts(unmatched).empty());
}

BOOST_AUTO_TEST_CASE(a_record_without_a_tag_leaves_by_unmatched_untouched) {
  scene at;
  at.places->add(make_rule("a", "wget"));
  at.node.start();
  auto sent = json_message(R"({ "command": "ls" })");
  sent.set_trace({5, 6});
  const auto* before = &sent.get<json>().value();
  at.node.feed(std::move(sent));
  BOOST_TEST(at.node.messages(matched).empty());
  const auto out = at.node.messages(unmatched);
  BOOST_REQUIRE(out.size() == 1U);
  BOOST_TEST(&out[0].get<json>().value() == before);
  BOOST_TEST((out[0].trace() == trace_id{5, 6}));
}

BOOST_AUTO_TEST_CASE(a_tagged_record_keeps_trace_time_and_key) {
  scene at;
  at.places->add(make_rule("a", "wget"));
  at.node.start();
  auto sent = json_message(R"({"command":"wget"})");
  sent.set_trace({5, 6});
  sent.set_timestamp(std::chrono::nanoseconds{77});
  sent.set_key(text("k"));
  at.node.feed(std::move(sent));
  const auto out = at.node.messages(matched);
  BOOST_REQUIRE(out.size() == 1U);
  BOOST_TEST((out[0].trace() == trace_id{5, 6}));
  BOOST_TEST(out[0].timestamp().count() == 77);
  BOOST_TEST(out[0].key().view() == "k");
}

BOOST_AUTO_TEST_CASE(the_kind_is_read_from_the_field_that_is_named) {
  auto ssh_only = make_rule("s", "x");
  ssh_only.applies_to = {"ssh"};
  scene at(scalars{{"kind", "event.type"}});
  at.places->add(ssh_only);
  at.places->add(make_rule("all", "x"));
  at.node.start();
  check(at.rules_for(R"({"event":{"type":"ssh"},"command":"x"})"), {"all", "s"});
  check(at.rules_for(R"({"event":{"type":"web"},"command":"x"})"), {"all"});
  check(at.rules_for(R"({"kind":"ssh","command":"x"})"), {"all"});
  check(at.rules_for(R"({"event":"ssh","command":"x"})"), {"all"});
}

BOOST_AUTO_TEST_CASE(fields_may_be_nested_and_other_values_than_strings_are_their_json) {
  scene at;
  at.places->add(make_rule("path", "^/etc/", "request.path"));
  at.places->add(make_rule("status", "^5..$", "status"));
  at.places->add(make_rule("argv", R"("-c","id")", "argv"));
  at.places->add(make_rule("flag", "^true$", "flag"));
  at.node.start();
  check(at.rules_for(R"({"request":{"method":"GET","path":"/etc/passwd"}})"), {"path"});
  check(at.rules_for(R"({"request.path":"/etc/passwd"})"), {});
  check(at.rules_for(R"({"request":["/etc/"],"status":503,"argv":["sh", "-c", "id"],"flag":true})"),
        {"argv", "flag", "status"});
  check(at.rules_for(R"({"request":null,"status":null,"argv":{},"flag":false})"), {});
}

BOOST_AUTO_TEST_CASE(what_is_no_object_matches_nothing) {
  scene at;
  at.places->add(make_rule("a", ""));
  at.node.start();
  for (const auto* record : {"1", "\"command\"", "null", "[{\"command\":\"x\"}]", "{}"})
    check(at.rules_for(record), {});
  BOOST_TEST(at.node.messages(unmatched).size() == 5U);
  BOOST_TEST(at.node.failures().empty());
}

BOOST_AUTO_TEST_CASE(bytes_that_are_escaped_in_json_are_matched_as_they_are) {
  scene at;
  at.places->add(make_rule("a", "\"\n\xC3\xA9"));
  at.node.start();
  check(at.rules_for(R"({"command":"x\"\n\u00e9y"})"), {"a"});
}

BOOST_AUTO_TEST_CASE(a_confidence_is_clipped_and_tags_with_too_little_are_not_given) {
  scene at(scalars{{"min_confidence", "0.4"}});
  at.places->add(make_rule("a", "x"));
  auto two = make_rule("b", "x");
  two.emits = {{"T1", "", 0.39, {}}, {"T2", "", 0.9, {}}};
  at.places->add(two);
  at.node.start();
  check(at.rules_for(R"({"command":"x"})"), {"a", "b"});
  at.places->say("b", rule_mode::clipped, 0.45);
  const auto out = at.feed(R"({"command":"x"})");
  BOOST_REQUIRE(out.at("tags").size() == 2U);
  BOOST_TEST(out["tags"][0]["confidence"].get<double>() == 0.5);
  BOOST_TEST(out["tags"][1]["confidence"].get<double>() == 0.45);
  BOOST_TEST(out["tags"][1]["technique_id"].get<std::string>() == "T2");
  at.places->say("b", rule_mode::clipped, 0.3);
  check(at.rules_for(R"({"command":"x"})"), {"a"});
  at.places->say("a", rule_mode::clipped, 0.39);
  at.node.messages(unmatched);
  check(at.rules_for(R"({"command":"x"})"), {});
  BOOST_TEST(at.node.texts(unmatched) == ids{R"({"command":"x"})"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_change_is_in_force_from_the_next_message_on) {
  scene at;
  at.places->add(make_rule("a", "x"));
  at.node.start();
  check(at.rules_for(R"({"command":"xyz"})"), {"a"});
  at.places->add(make_rule("b", "y"));
  check(at.rules_for(R"({"command":"xyz"})"), {"a", "b"});
  at.places->add(make_rule("c", "z", "other"));
  check(at.rules_for(R"({"command":"xyz","other":"z"})"), {"a", "b", "c"});
  at.places->say("a", rule_mode::disabled);
  check(at.rules_for(R"({"command":"xyz"})"), {"b"});
  at.places->view.erase("b");
  at.places->publish();
  check(at.rules_for(R"({"command":"xyz"})"), {});
}

BOOST_AUTO_TEST_CASE(rules_edited_at_the_same_version_say_the_new_thing) {
  scene at;
  at.places->add(make_rule("a", "x"));
  at.node.start();
  (void)at.feed(R"({"command":"x"})");
  auto edited = make_rule("a", "x");
  edited.emits[0].technique_id = "T9";
  at.places->add(edited);
  BOOST_TEST(at.feed(R"({"command":"x"})")["tags"][0]["technique_id"].get<std::string>() == "T9");
}

BOOST_AUTO_TEST_CASE(a_replay_gives_the_same_ids_and_tags_once) {
  scene at;
  at.places->add(make_rule("a", "x"));
  at.node.start();
  for (const std::string record :
       {R"({"id":"e1","command":"x"})", R"({"id":17,"command":"x"})", R"({"command":"x"})"}) {
    const auto once = at.feed(record);
    BOOST_TEST((at.feed(record) == once));
    // The tagged record itself, too.
    BOOST_TEST((at.feed(once.dump()) == once));
  }
}

BOOST_AUTO_TEST_CASE(what_identifies_a_record_is_its_id_or_all_of_it) {
  scene at(scalars{{"id", "event.id"}});
  at.places->add(make_rule("a", "x"));
  at.node.start();
  const auto tag = [&](const std::string& record) {
    return at.feed(record)["tags"][0]["tag_id"].get<std::string>();
  };
  const auto made = [](std::string_view source) { return to_string(tag_id(source, "a", 1, "T-a")); };
  BOOST_TEST(tag(R"({"event":{"id":"e1"},"command":"x"})") == made("e1"));
  BOOST_TEST(tag(R"({"event":{"id":17},"command":"x 2"})") == made("17"));
  BOOST_TEST(tag(R"({ "id": "e1", "command":"x"})") == made(R"({"id":"e1","command":"x"})"));
}

BOOST_AUTO_TEST_CASE(tags_that_are_there_stay) {
  scene at;
  at.places->add(make_rule("a", "x"));
  at.node.start();
  const auto out = at.feed(R"({"tags":[{"tag_id":"other"},"plain"],"command":"x"})");
  BOOST_REQUIRE(out.at("tags").size() == 3U);
  BOOST_TEST(out["tags"][0]["tag_id"].get<std::string>() == "other");
  BOOST_TEST(out["tags"][1].get<std::string>() == "plain");
  BOOST_TEST(out["tags"][2]["rule_id"].get<std::string>() == "a");
}

BOOST_AUTO_TEST_CASE(a_member_of_that_name_that_is_no_list_is_an_error) {
  scene at;
  at.places->add(make_rule("a", "x"));
  at.node.start();
  at.node.feed(json_message(R"({"tags":"x","command":"x"})"));
  const auto failures = at.node.failures();
  BOOST_REQUIRE(failures.size() == 1U);
  BOOST_TEST(failures[0].code == "bad_tags");
  BOOST_TEST(failures[0].text == "the member 'tags' is no list but string; choose another one with into");
  // Where nothing matches, nobody minds.
  check(at.rules_for(R"({"tags":"x","command":"y"})"), {});
  BOOST_TEST(at.node.failures().empty());
}

BOOST_AUTO_TEST_CASE(the_list_may_have_another_name) {
  scene at(scalars{{"into", "att\"ck"}});
  at.places->add(make_rule("a", "x"));
  at.node.start();
  const auto out = at.feed(R"({"tags":"x","command":"x"})");
  BOOST_TEST(out.at("att\"ck").size() == 1U);
  BOOST_TEST(out["tags"].get<std::string>() == "x");
}

BOOST_AUTO_TEST_CASE(rules_come_from_where_the_options_say) {
  const auto places = std::make_shared<one_place>();
  const auto asked = [&](const scalars& given) {
    node_harness node(rules_type(places), given);
    node.start();
    return places->asked;
  };
  BOOST_TEST(asked({{"path", "/etc/rules"}}) == "directory /etc/rules");
  BOOST_TEST(asked({{"source", "directory"}, {"path", "r"}}) == "directory r");
  BOOST_TEST(asked({{"source", "database"}}) == "database ");
  BOOST_TEST(asked({{"source", "database"}, {"path", "runs.db"}}) == "database runs.db");
}

BOOST_AUTO_TEST_CASE(a_place_is_let_go_at_the_end) {
  scene at;
  at.node.start();
  const std::weak_ptr<rules_in_force> place = at.places->place;
  at.places->place = std::make_shared<rules_in_force>();
  BOOST_TEST(!place.expired());
  at.node.stop();
  BOOST_TEST(place.expired());
}

BOOST_AUTO_TEST_CASE(a_program_without_rules_cannot_start_the_node) {
  node_catalog catalog;
  register_builtin_nodes(catalog);
  const auto* type = catalog.find("rules", true);
  BOOST_REQUIRE(type != nullptr);
  node_harness node(*type, {{"path", "rules"}});
  BOOST_CHECK_EXCEPTION(node.start(), error,
                        [](const error& failed) { return failed.code() == "no_rule_places"; });
}

BOOST_AUTO_TEST_CASE(options_are_checked) {
  const auto type = rules_type(nullptr);
  BOOST_CHECK_THROW(node_harness(type, scalars{}), option_error);
  BOOST_CHECK_THROW(node_harness(type, {{"path", "r"}, {"source", "file"}}), error);
  BOOST_CHECK_THROW(node_harness(type, {{"path", "r"}, {"min_confidence", "1.1"}}), error);
  BOOST_CHECK_THROW(node_harness(type, {{"path", "r"}, {"min_confidence", "-1"}}), error);
  BOOST_CHECK_THROW(node_harness(type, {{"path", "r"}, {"into", ""}}), option_error);
  BOOST_CHECK_THROW(node_harness(type, {{"path", "r"}, {"confidence", "1"}}), error);
}

BOOST_AUTO_TEST_CASE(texts_are_remembered_now_and_then_to_warm_the_next_rules_with) {
  scene at;
  at.places->add(make_rule("a", "wget"));
  at.node.start();
  for (int i = 0; i < 640; ++i)
    at.node.feed(json_message(R"({"other":1,"command":"ls )" + std::to_string(i) + "\"}"));
  BOOST_TEST(at.places->place->remembered("command").size() == 10U);
}

BOOST_AUTO_TEST_CASE(hits_are_counted_by_rule) {
  scene at;
  at.places->add(make_rule("a", "x"));
  at.places->add(make_rule("b", "y"));
  at.node.start();
  (void)at.feed(R"({"command":"x"})");
  (void)at.feed(R"({"command":"xy"})");
  const auto rules = at.places->place->get();
  BOOST_TEST(rules->rules()[0].hits->load() == 2U);
  BOOST_TEST(rules->rules()[1].hits->load() == 1U);
}

BOOST_AUTO_TEST_CASE(the_type_is_documented) {
  const auto type = rules_type(nullptr);
  BOOST_TEST(type.category == "transform");
  BOOST_TEST((type.reach == node_reach::outside));
  BOOST_TEST((type.execution == execution_kind::cooperative));
  BOOST_TEST(type.example.starts_with("{ type: rules"));
  for (const auto& option : type.options)
    BOOST_TEST(option.description.ends_with('.'), option.name);
}

BOOST_AUTO_TEST_SUITE_END()
