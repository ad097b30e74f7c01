// What the node `rules` writes into records, byte by byte, and what it does with patterns that take others an
// age.

#include "model/base/error.hpp"
#include "model/message/json.hpp"
#include "model/rules/rule_reader.hpp"
#include "model/rules/tag_id.hpp"
#include "nodes/rules/compact_member.hpp"
#include "tests/nodes/rules_node_scene.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <string>

using namespace sluice;
using namespace sluice::rules_node_scene;

namespace {

/// A whole number that 64 bits cannot hold, and that a double would not give back.
const std::string wide = "123456789012345678901234567890";

struct tag_scene : scene {
  tag_scene() {
    places->add(make_rule("a", "x"));
    node.start();
  }
  /// Feeds a record; returns the text that left by `matched`, or nothing.
  std::string text_for(const std::string& record) {
    node.feed(json_message(record));
    const auto texts = node.texts(matched);
    return texts.empty() ? "" : texts.front();
  }
};

std::string id_of(const std::string& source) {
  return to_string(tag_id(source, "a", 1, "T-a"));
}

std::string tag_for(const std::string& source) {
  return R"({"tag_id":")" + id_of(source) +
         R"(","rule_id":"a","rule_version":1,"technique_id":"T-a","tactic":"execution","confidence":0.5})";
}

std::string cut(const std::string& object, const std::string& name) {
  return detail::without_member(object, detail::find_compact_member(object, name));
}

/// What a hostile visitor writes: on it `(a+)+$` takes others two to the power of its length.
std::string hostile(std::size_t length) {
  return R"({"command":")" + std::string(length, 'a') + R"(!"})";
}

} // namespace

BOOST_AUTO_TEST_SUITE(rules_tags)

BOOST_AUTO_TEST_CASE(a_replay_of_a_tagged_record_with_wide_integers_has_the_same_ids_and_all_digits) {
  tag_scene at;
  for (const auto& record :
       {R"({"n":)" + wide + R"(,"command":"x"})", R"({ "n": -)" + wide + R"(, "command": "x\u0041" })",
        R"({"command":"x","nested":{"tags":1,"n":[)" + wide + R"(]}})"}) {
    const auto once = at.text_for(record);
    BOOST_TEST(once.find(wide) != std::string::npos);
    BOOST_TEST(at.text_for(record) == once);
    BOOST_TEST(at.text_for(once) == once);
  }
}

BOOST_AUTO_TEST_CASE(tags_behind_others_leave_all_digits_as_they_are) {
  tag_scene at;
  const auto bare = R"({"n":)" + wide + R"(,"command":"x"})";
  const auto before = R"({"n":)" + wide + R"(,"tags":[{"n":)" + wide + R"(}],"command":"x"})";
  const auto after =
      R"({"n":)" + wide + R"(,"tags":[{"n":)" + wide + "}," + tag_for(bare) + R"(],"command":"x"})";
  BOOST_TEST(at.text_for(before) == after);
  BOOST_TEST(at.text_for(after) == after);
}

BOOST_AUTO_TEST_CASE(tags_that_are_null_are_none) {
  tag_scene at;
  const std::string bare = R"({"command":"x","n":1})";
  const auto tagged = R"({"command":"x","tags":[)" + tag_for(bare) + R"(],"n":1})";
  BOOST_TEST(at.text_for(R"({"command":"x","tags":null,"n":1})") == tagged);
  BOOST_TEST(at.text_for(R"({ "command": "x", "tags": null, "n": 1 })") == tagged);
  BOOST_TEST(at.text_for(R"({"command":"x","tags":[],"n":1})") == tagged);
  BOOST_TEST(at.text_for(tagged) == tagged);
  BOOST_TEST(at.node.failures().empty());
}

BOOST_AUTO_TEST_CASE(a_member_is_cut_out_of_a_text_wherever_it_stands) {
  BOOST_TEST(cut(R"({"t":1})", "t") == "{}");
  BOOST_TEST(cut(R"({"t":1,"a":2})", "t") == R"({"a":2})");
  BOOST_TEST(cut(R"({"a":2,"t":[1,{"t":"]"}]})", "t") == R"({"a":2})");
  BOOST_TEST(cut(R"({"a":{"t":1},"t":"\\\"},","b":[{}]})", "t") == R"({"a":{"t":1},"b":[{}]})");
  BOOST_TEST(cut(R"({"\"":1,"\u0074":null,"b":"t"})", "t") == R"({"\"":1,"b":"t"})");
  BOOST_TEST(cut(R"({"\"":1,"b":2})", "\"") == R"({"b":2})");
  BOOST_TEST(cut(R"({"":1,"b":2})", "") == R"({"b":2})");
  BOOST_CHECK_THROW(cut(R"({"a":{"t":1}})", "t"), internal_error);
  BOOST_CHECK_THROW(cut("{}", "t"), internal_error);
}

BOOST_AUTO_TEST_CASE(what_is_left_of_a_text_is_the_text_of_what_is_left) {
  const auto record =
      json::parse(R"({"":{},"a":[],"b":[[],{"c":"]}"}],"\"":"\\","\u00e9,{":-1.5e300,"c":true,)"
                  R"("d":null,"e":"","f":{"g":{"h":[1,2,"\\\""]}},"tags":[{"tags":[]}]})");
  const auto text = record.dump();
  for (const auto& [name, value] : record.value().items()) {
    auto left = record.value();
    left.erase(name);
    BOOST_TEST(cut(text, name) == json(left).dump());
    const auto place = detail::find_compact_member(text, name);
    BOOST_TEST(text.substr(place.value, place.end - place.value) == json(value).dump());
  }
}

BOOST_AUTO_TEST_CASE(a_pattern_that_others_backtrack_over_for_ever_takes_work_in_proportion_to_the_text) {
  findings mistakes;
  auto catastrophic = read_rule(write_rule(make_rule("evil", "(a+)+$")), mistakes);
  BOOST_REQUIRE(catastrophic);
  BOOST_TEST(mistakes.empty());
  scene at;
  at.places->add(*catastrophic);
  at.places->add(make_rule("exclamation", "^a+!$"));
  at.node.start();
  // That it comes to an end is what is tested: with backtracking it takes longer than the world has lasted.
  for (const std::size_t length : {100'000U, 200'000U, 400'000U})
    BOOST_TEST(at.rules_for(hostile(length)) == std::vector<std::string>{"exclamation"},
               boost::test_tools::per_element());
  const std::string whole(200'000, 'a');
  BOOST_TEST(at.rules_for(R"({"command":")" + whole + "\"}") == std::vector<std::string>{"evil"},
             boost::test_tools::per_element());
  BOOST_TEST(at.node.failures().empty());
  // Neither has it made the set of patterns give up.
  BOOST_TEST(at.places->place->get()->fallbacks() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
