// A directory of rules that is up to no good, as those who use its rules see it: what was in force stays in
// force, and what is wrong can be asked for.

#include "runtime/embed/rule_keepers.hpp"
#include "tests/actors_rules/rule_directory_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace sluice;

namespace {

struct trouble_scene : rule_directory_scene {
  trouble_scene() {
    write("wget", "wget");
    write("curl", "curl");
  }

  rule_book open() { return keepers.open(rule_place::directory(rules)); }

  /// What is wrong, and the two rules that were there are still in force.
  static std::vector<rule_finding> findings_of(const rule_book& book) {
    auto found = book.findings();
    BOOST_TEST((matching(*book.in_force(), "wget x") == std::vector<std::string>{"wget"}));
    BOOST_TEST((matching(*book.in_force(), "curl x") == std::vector<std::string>{"curl"}));
    BOOST_TEST(book.list().size() == 2U);
    return found;
  }

  rule_keepers keepers{{log(), {}}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(rules_in_trouble, trouble_scene)

BOOST_AUTO_TEST_CASE(an_invalid_pattern_is_a_finding_with_its_place) {
  const auto book = open();
  write("wget", "wget(", 2);
  const auto found = findings_of(book);
  BOOST_REQUIRE(found.size() == 1U);
  BOOST_TEST(found[0].place == (rules / "wget.yaml").native());
  BOOST_TEST(found[0].what.path == "match.pattern");
  BOOST_TEST(found[0].what.position.line == 4U);
}

BOOST_AUTO_TEST_CASE(a_file_of_ten_megabytes_is_a_finding) {
  const auto book = open();
  const auto beside = rules / ".beside";
  std::ofstream(beside) << text("wget", "nothing") << std::string(10 << 20, '#');
  std::filesystem::rename(beside, rules / "wget.yaml");
  const auto found = findings_of(book);
  BOOST_REQUIRE(found.size() == 1U);
  BOOST_TEST(found[0].place == (rules / "wget.yaml").native());
  BOOST_TEST(found[0].what.code == "TOO_LARGE");
}

BOOST_AUTO_TEST_CASE(a_pattern_that_others_backtrack_over_for_ever_is_a_rule_like_any_other) {
  const auto book = open();
  const auto following = book.subscribe(listener());
  write("evil", "(a+)+$");
  BOOST_TEST(heard.take() == "defined evil");
  const std::string many(200'000, 'a');
  BOOST_TEST(matching(*book.in_force(), many + "!").empty());
  BOOST_TEST((matching(*book.in_force(), many) == std::vector<std::string>{"evil"}));
  BOOST_TEST(book.findings().empty());
}

BOOST_AUTO_TEST_CASE(a_directory_that_disappears_is_a_finding_until_it_is_back) {
  const auto book = open();
  const auto following = book.subscribe(listener());
  const auto aside = folder.path() / "aside";
  std::filesystem::rename(rules, aside);
  const auto found = findings_of(book);
  BOOST_REQUIRE(!found.empty());
  BOOST_TEST(found[0].what.code == "RULES_UNAVAILABLE");
  BOOST_TEST(found[0].what.text.find("rules") != std::string::npos);
  const auto answer = book.set_state("wget", disabled());
  BOOST_TEST(!answer.persisted);
  BOOST_REQUIRE(answer.failure);
  BOOST_TEST(answer.failure->code() == "rules_unavailable");
  // Others edit it while it is away.
  std::ofstream(aside / "late.yaml") << text("late", "late");
  std::filesystem::rename(aside, rules);
  BOOST_TEST(heard.take() == "defined late");
  BOOST_TEST(book.findings().empty());
  BOOST_TEST((matching(*book.in_force(), "wget late") == std::vector<std::string>{"late", "wget"}));
  write("after", "after");
  BOOST_TEST(heard.take() == "defined after");
  BOOST_TEST(book.set_state("wget", disabled()).published);
}

BOOST_AUTO_TEST_SUITE_END()
