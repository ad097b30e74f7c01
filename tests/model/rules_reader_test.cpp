#include "model/rules/rule_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace sluice;

namespace {

const std::string pattern = R"('(wget|curl)\s.*\|\s*(ba)?sh')";
const std::string match = "{ field: command, pattern: " + pattern + " }";

/// A sound rule; findings count its lines.
const std::string sound =
    "rule_id: ssh-wget-pipe-shell\n"
    "rule_version: 3\n"
    "name: Download piped into a shell\n"
    "description: What droppers do.\n"
    "applies_to: [ssh, web]\n"
    "match: " +
    match +
    "\n"
    "emits:\n"
    "  - { technique_id: T1059.004, tactic: execution, confidence: 0.9, note: seen daily }\n"
    "  - { technique_id: T1105 }\n";

/// Returns `sound` with the first `from` replaced.
std::string with(const std::string& from, const std::string& to) {
  auto text = sound;
  const auto at = text.find(from);
  BOOST_REQUIRE_MESSAGE(at != std::string::npos, from);
  return text.replace(at, from.size(), to);
}

std::string with_pattern(const std::string& other) {
  return with(pattern, "'" + other + "'");
}

/// Returns the findings, a line each, and checks that there is a rule exactly when none is an error.
std::string complaints(const std::string& text) {
  findings found;
  const auto result = read_rule(text, found);
  BOOST_TEST(result.has_value() == !has_errors(found));
  std::string all;
  for (const auto& one : found)
    all += to_string(one, "r") + "\n";
  return all;
}

bool complains(const std::string& text, const std::string& expected) {
  return complaints(text).find(expected) != std::string::npos;
}

void check_one(const std::string& text, const std::string& expected) {
  BOOST_TEST(complaints(text) == expected + "\n");
}

} // namespace

BOOST_AUTO_TEST_SUITE(rules_reader)

BOOST_AUTO_TEST_CASE(a_sound_rule_is_read_with_all_that_it_says) {
  findings found;
  const auto result = read_rule(sound, found);
  BOOST_TEST(found.empty());
  BOOST_REQUIRE(result.has_value());
  const rule expected{"ssh-wget-pipe-shell",
                      3,
                      "Download piped into a shell",
                      "What droppers do.",
                      {"ssh", "web"},
                      "command",
                      R"((wget|curl)\s.*\|\s*(ba)?sh)",
                      {{"T1059.004", "execution", 0.9, {{"note", "seen daily"}}}, {"T1105", "", 1, {}}}};
  BOOST_TEST((*result == expected));
}

BOOST_AUTO_TEST_CASE(description_and_kinds_may_be_left_out) {
  BOOST_TEST(complaints(with("description: What droppers do.\n", "")) == "");
  BOOST_TEST(complaints(with("applies_to: [ssh, web]\n", "")) == "");
}

BOOST_AUTO_TEST_CASE(every_missing_member_is_named_at_once) {
  BOOST_TEST(
      complaints("description: x\n") ==
      "r:1:1: error: rule_id: 'rule_id' is missing; a rule is known by it, e.g. ssh-wget-pipe-shell "
      "[BAD_VALUE]\n"
      "r:1:1: error: rule_version: 'rule_version' is missing; begin with 1 and raise it with each edit "
      "[BAD_VALUE]\n"
      "r:1:1: error: name: 'name' is missing; say in a few words what the rule finds [BAD_VALUE]\n"
      "r:1:1: error: match: 'match' is missing; e.g. match: { field: command, pattern: 'wget .*' } "
      "[BAD_VALUE]\n"
      "r:1:1: error: emits: 'emits' is missing; e.g. emits: [{ technique_id: T1059.004, tactic: "
      "execution, confidence: 0.9 }] [BAD_VALUE]\n");
  check_one(
      with("field: command, ", ""),
      "r:6:8: error: match.field: 'field' is missing; name the field whose text is matched [BAD_VALUE]");
  check_one(
      with(", pattern: " + pattern, ""),
      "r:6:8: error: match.pattern: 'pattern' is missing; write a regular expression of RE2 [BAD_VALUE]");
  check_one(with("{ technique_id: T1105 }", "{ tactic: x }"),
            "r:9:5: error: emits[1].technique_id: 'technique_id' is missing; e.g. T1059.004 [BAD_VALUE]");
}

BOOST_AUTO_TEST_CASE(unknown_members_get_the_nearest_name) {
  check_one(with("description:", "desription:"),
            "r:4:1: error: desription: unknown option 'desription' (did you mean 'description'?) "
            "[UNKNOWN_OPTION]");
  check_one(
      with("field: command,", "field: command, patern: x,"),
      "r:6:26: error: match.patern: unknown option 'patern' (did you mean 'pattern'?) [UNKNOWN_OPTION]");
}

BOOST_AUTO_TEST_CASE(members_of_the_wrong_kind_are_refused) {
  check_one(with("[ssh, web]", "ssh"),
            "r:5:13: error: applies_to: expected a list, found a scalar [BAD_VALUE]");
  check_one(with("rule_id: ssh-wget-pipe-shell", "rule_id: [a]"),
            "r:1:10: error: rule_id: expected a single value, found a list [BAD_VALUE]");
  check_one(with(match, "wget"), "r:6:8: error: match: expected a map, found a scalar [BAD_VALUE]");
  check_one(with("- { technique_id: T1105 }", "- T1105"),
            "r:9:5: error: emits[1]: expected a map, found a scalar [BAD_VALUE]");
  check_one(with("note: seen daily", "note: [a, b]"),
            "r:8:74: error: emits[0].note: expected a single value, which goes into the tag as text, found a "
            "list [BAD_VALUE]");
  check_one(with("[ssh, web]", "[ssh, [web]]"),
            "r:5:19: error: applies_to[1]: expected the name of a kind, found a list [BAD_VALUE]");
  check_one("- a\n- b\n", "r:1:1: error: expected a map with rule_id, rule_version, name, match and emits, "
                          "found a list [BAD_VALUE]");
}

BOOST_AUTO_TEST_CASE(an_id_is_a_name) {
  check_one(
      with("ssh-wget-pipe-shell", "a/b"),
      "r:1:10: error: rule_id: 'a/b' is not the name of a rule; use letters, digits, _, - and ., first no "
      "- or ., at most 128 [BAD_NAME]");
  check_one(with("rule_id: ssh-wget-pipe-shell", "rule_id: ''"),
            "r:1:10: error: rule_id: 'rule_id' is empty; a rule is known by it, e.g. ssh-wget-pipe-shell "
            "[BAD_VALUE]");
  for (const auto* fine : {"a", "1", "_x", "T1059.004-b_c", "9.a"})
    BOOST_TEST(is_rule_id(fine), fine);
  for (const auto* wrong : {"", "..", ".a", "-a", "a b", "a/b", "\xC3\xA9", "a\n"})
    BOOST_TEST(!is_rule_id(wrong), wrong);
  BOOST_TEST(is_rule_id(std::string(128, 'a')));
  BOOST_TEST(!is_rule_id(std::string(129, 'a')));
}

BOOST_AUTO_TEST_CASE(a_version_is_a_whole_number_from_1) {
  const std::string expected =
      "r:2:15: error: rule_version: expected a whole number from 1 to 9223372036854775807, found ";
  check_one(with("rule_version: 3", "rule_version: 0"), expected + "'0' [BAD_VALUE]");
  check_one(with("rule_version: 3", "rule_version: -1"), expected + "'-1' [BAD_VALUE]");
  check_one(with("rule_version: 3", "rule_version: 1.5"), expected + "'1.5' [BAD_VALUE]");
  check_one(with("rule_version: 3", "rule_version: [1]"), expected + "a list [BAD_VALUE]");
  BOOST_TEST(complaints(with("rule_version: 3", "rule_version: 9223372036854775807")) == "");
}

BOOST_AUTO_TEST_CASE(a_confidence_of_7_5_does_not_load) {
  check_one(with("0.9", "7.5"), "r:8:63: error: emits[0].confidence: '7.5' is outside 0 to 1; write a number "
                                "from 0 to 1 [BAD_VALUE]");
  check_one(with("0.9", "-0.1"),
            "r:8:63: error: emits[0].confidence: '-0.1' is outside 0 to 1; write a number "
            "from 0 to 1 [BAD_VALUE]");
  for (const std::string wrong : {"high", ".nan", ".inf", "nan", "inf", "1e999"})
    BOOST_TEST(complains(with("0.9", wrong), "emits[0].confidence: '" + wrong + "' is no finite number"),
               wrong);
  check_one(with("0.9", ""), "r:8:51: error: emits[0].confidence: 'confidence' has no value; write a number "
                             "from 0 to 1 [BAD_VALUE]");
  for (const auto* fine : {"0", "1", "0.0", "1.0", "1e-3"})
    BOOST_TEST(complaints(with("0.9", fine)) == "", fine);
}

BOOST_AUTO_TEST_CASE(a_pattern_that_re2_refuses_does_not_load_and_says_where) {
  check_one(with_pattern("(wget"),
            "r:6:35: error: match.pattern: '(wget' is not a pattern of RE2: missing ): (wget [BAD_VALUE]");
  check_one(with_pattern("a\\qb"), "r:6:35: error: match.pattern: 'a\\qb' is not a pattern of RE2: invalid "
                                   "escape sequence: \\q, at its character 2 [BAD_VALUE]");
  check_one(
      with_pattern(""),
      "r:6:35: error: match.pattern: 'pattern' is empty; write a regular expression of RE2 [BAD_VALUE]");
  BOOST_TEST(complains(with_pattern("(?<=a)b"), "is not a pattern of RE2: invalid perl operator: (?<"));
}

BOOST_AUTO_TEST_CASE(a_pattern_that_would_backtrack_elsewhere_is_fine_and_one_that_is_too_large_is_not) {
  BOOST_TEST(complaints(with_pattern("(a+)+$")) == "");
  BOOST_TEST(complaints(with_pattern("(x+x+)+y")) == "");
  std::string large;
  for (int i = 0; i < 20; ++i)
    large += "[a-cx-z]{1000}";
  BOOST_TEST(complains(with_pattern(large), "is not a pattern of RE2: pattern too large"));
  BOOST_TEST(complains(with_pattern("a{1001}"), "invalid repetition size"));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf8_are_a_pattern_too) {
  BOOST_TEST(complaints(with(pattern, "\"\\xE9\"")) == "");
}

BOOST_AUTO_TEST_CASE(a_field_has_no_empty_part) {
  for (const std::string wrong : {".a", "a.", "a..b", "."})
    BOOST_TEST(complains(with("field: command", "field: " + wrong),
                         "match.field: '" + wrong + "' has an empty part"),
               wrong);
  BOOST_TEST(complaints(with("field: command", "field: request.path")) == "");
}

BOOST_AUTO_TEST_CASE(kinds_are_names_each_once) {
  check_one(with("[ssh, web]", "[ssh, ssh]"),
            "r:5:19: error: applies_to[1]: the kind 'ssh' appears twice [BAD_VALUE]");
  check_one(with("[ssh, web]", "[]"),
            "r:5:13: error: applies_to: 'applies_to' is empty; leave it out for a rule "
            "that looks at all kinds [BAD_VALUE]");
  check_one(with("[ssh, web]", ""),
            "r:5:1: error: applies_to: 'applies_to' has no value; leave it out for a rule "
            "that looks at all kinds [BAD_VALUE]");
  check_one(with("[ssh, web]", "[ssh, '']"),
            "r:5:19: error: applies_to[1]: expected the name of a kind, found an empty one [BAD_VALUE]");
}

BOOST_AUTO_TEST_CASE(a_rule_says_something_and_each_technique_once) {
  check_one(with("T1105", "T1059.004"),
            "r:9:21: error: emits[1].technique_id: the technique 'T1059.004' appears "
            "twice; a rule gives one tag for each [BAD_VALUE]");
  const auto head = sound.substr(0, sound.find("emits:"));
  BOOST_TEST(complaints(head + "emits: []\n").starts_with("r:7:8: error: emits: 'emits' is empty"));
}

BOOST_AUTO_TEST_CASE(what_a_tag_says_of_itself_cannot_be_said_by_a_rule) {
  check_one(with("note: seen daily", "tag_id: x"),
            "r:8:68: error: emits[0].tag_id: every tag has its own 'tag_id'; use another name [NOT_ALLOWED]");
}

BOOST_AUTO_TEST_CASE(a_member_that_is_nearly_known_goes_through_with_a_warning) {
  check_one(with("confidence: 0.9", "confidense: 0.9"),
            "r:8:51: warning: emits[0].confidense: 'confidense' goes into the tag as text (did you mean "
            "'confidence'?) [UNKNOWN_OPTION]");
}

BOOST_AUTO_TEST_CASE(a_key_twice_is_a_finding) {
  BOOST_TEST(complains(sound + "name: again\n", "the key 'name' appears twice"));
}

BOOST_AUTO_TEST_CASE(all_findings_come_at_once_in_the_order_of_the_text) {
  BOOST_TEST(
      complaints("emits: [{ technique_id: T1, confidence: 2 }]\n"
                 "match: { field: a, pattern: '(' }\n"
                 "nam: x\n"
                 "rule_version: 1\n"
                 "rule_id: 'a b'\n"
                 "name: n\n") ==
      "r:1:41: error: emits[0].confidence: '2' is outside 0 to 1; write a number from 0 to 1 [BAD_VALUE]\n"
      "r:2:29: error: match.pattern: '(' is not a pattern of RE2: missing ): ( [BAD_VALUE]\n"
      "r:3:1: error: nam: unknown option 'nam' (did you mean 'name'?) [UNKNOWN_OPTION]\n"
      "r:5:10: error: rule_id: 'a b' is not the name of a rule; use letters, digits, _, - and ., first no "
      "- or ., at most 128 [BAD_NAME]\n");
}

BOOST_AUTO_TEST_CASE(a_file_of_10_mb_is_refused_without_being_read) {
  constexpr std::size_t size = 10'000'000;
  auto large = sound + "# ";
  large.resize(size, 'x');
  check_one(large, "r: error: the rule has 10000000 bytes; at most 256 KiB are read [TOO_LARGE]");
  large.resize(rule_text_limit);
  BOOST_TEST(complaints(large) == "");
}

BOOST_AUTO_TEST_CASE(what_is_no_rule_at_all_is_a_finding) {
  const std::string empty =
      "r: error: the file is empty; a rule needs rule_id, rule_version, name, match and emits [SYNTAX]";
  check_one("", empty);
  check_one("\n  # only this\n", empty);
  BOOST_TEST(complains("a: [1\n", "[SYNTAX]"));
  BOOST_TEST(complains(sound + "---\na: 1\n", "a second document begins here"));
  BOOST_TEST(complains("~\n", "expected a map"));
  BOOST_TEST(complains(std::string("a: \0b\n", 6), "error"));
  BOOST_TEST(complains(std::string(2000, '['), "error"));
}

BOOST_AUTO_TEST_SUITE_END()
