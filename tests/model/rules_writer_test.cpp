#include "model/rules/rule_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>
#include <vector>

using namespace sluice;

namespace {

rule read_back(const rule& what) {
  findings found;
  const auto text = write_rule(what);
  const auto result = read_rule(text, found);
  for (const auto& one : found)
    BOOST_TEST(!one.is_error(), to_string(one) << " in\n" << text);
  BOOST_REQUIRE_MESSAGE(result.has_value(), text);
  return *result;
}

rule simple() {
  return {"r", 1, "n", "", {}, "command", "x", {{"T1", "", 1, {}}}};
}

/// Draws rules whose texts are made of what YAML could take for something else.
class rule_maker {
public:
  explicit rule_maker(std::uint32_t seed) : random_(seed) {}

  rule make() {
    auto made = simple();
    made.id = "r" + std::to_string(random_());
    made.version = 1 + random_();
    made.name = text();
    made.description = random_() % 2 ? text() : "";
    for (auto i = random_() % 3; i > 0; --i)
      made.applies_to.push_back(text() + std::to_string(i));
    made.field = "f" + std::to_string(random_() % 9);
    made.pattern = "x[" + std::to_string(random_() % 9) + "' \"#\\]:]";
    made.emits.clear();
    for (auto i = 1 + random_() % 3; i > 0; --i)
      made.emits.push_back(emission(i));
    return made;
  }

private:
  rule_emission emission(std::size_t number) {
    rule_emission made{text() + std::to_string(number), random_() % 2 ? text() : "", 0.5, {}};
    made.confidence = static_cast<double>(random_() % 1'000'001) / 1e6;
    for (auto i = random_() % 3; i > 0; --i)
      made.more.emplace_back("more " + std::to_string(i) + text(), random_() % 4 ? text() : "");
    return made;
  }
  std::string text() {
    static const std::vector<std::string> pieces = {
        "null", "~",    "true", "no", "1",  "-1.5", ": ", " #", "'",        "\"",
        "\\",   "\n",   "\t",   "\r", "- ", "[",    "]",  "{",  "}",        ",",
        "&a",   "*a",   "!t",   "|",  ">",  "%",    "@",  "`",  "a",        "B",
        " ",    "  ",   "?",    ".",  "/",  "_",    "$",  "=",  "\xC3\xA9", "\xE2\x82\xAC",
        "<<",   "\x01", "\x7F", "---"};
    std::string all;
    for (auto i = 1 + random_() % 5; i > 0; --i)
      all += pieces[random_() % pieces.size()];
    return all;
  }

  std::mt19937 random_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(rules_writer)

BOOST_AUTO_TEST_CASE(a_rule_is_written_for_people) {
  const rule what{"ssh-wget-pipe-shell",
                  3,
                  "Download piped into a shell",
                  "What droppers do.\nDaily.",
                  {"ssh", "web"},
                  "command",
                  R"((wget|curl)\s.*\|\s*(ba)?sh 'x')",
                  {{"T1059.004", "execution", 0.9, {{"note", "true"}}}, {"T1105", "", 1, {}}}};
  BOOST_TEST(write_rule(what) == R"(rule_id: ssh-wget-pipe-shell
rule_version: 3
name: 'Download piped into a shell'
description: "What droppers do.\nDaily."
applies_to:
  - ssh
  - web
match:
  field: command
  pattern: '(wget|curl)\s.*\|\s*(ba)?sh ''x'''
emits:
  - technique_id: T1059.004
    tactic: execution
    confidence: 0.9
    note: 'true'
  - technique_id: T1105
    confidence: 1
)");
  BOOST_TEST((read_back(what) == what));
}

BOOST_AUTO_TEST_CASE(numbers_survive) {
  auto what = simple();
  what.version = 9'223'372'036'854'775'807;
  for (const double confidence : {0.0, 1.0, 0.1, 1.0 / 3, 1e-9, 0.30000000000000004}) {
    what.emits[0].confidence = confidence;
    BOOST_TEST((read_back(what) == what), confidence);
  }
}

BOOST_AUTO_TEST_CASE(whatever_the_texts_are_they_come_back) {
  constexpr std::uint32_t seed = 20261121;
  rule_maker rules(seed);
  for (int i = 0; i < 1000; ++i) {
    const auto what = rules.make();
    BOOST_TEST((read_back(what) == what), "seed " << seed << ", rule " << i << ":\n" << write_rule(what));
  }
}

BOOST_AUTO_TEST_CASE(the_same_rule_is_written_the_same) {
  rule_maker once(7);
  rule_maker again(7);
  for (int i = 0; i < 20; ++i)
    BOOST_TEST(write_rule(once.make()) == write_rule(again.make()));
}

BOOST_AUTO_TEST_SUITE_END()
