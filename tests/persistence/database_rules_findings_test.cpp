// Definitions in a database that this program cannot use, e.g. because a newer one wrote them.

#include "tests/support/rule_store_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace sluice;

namespace {

/// Overwrites a definition as another version of the program might, with its change.
template <class Backend>
void define_text(database_rules_scene<Backend>& scene, const std::string& id, const std::string& text) {
  scene.commit([&] {
    scene.in().rules().put({id, 1, text, "", scene.now, scene.now});
    return scene.in().rules().append_change({0, scene.now, rule_change_kind::defined, id, "newer", text, {}});
  });
}

} // namespace

BOOST_AUTO_TEST_SUITE(database_rules_findings)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_definition_that_cannot_be_read_leaves_the_last_good_one_in_force, Backend,
                              store_backends) {
  database_rules_scene<Backend> scene;
  scene.define(rule_called("a"));
  scene.define(rule_called("b"));
  rule_follower ann{scene.open_rules()};
  define_text(scene, "a", "rule_id: [");
  scene.define(rule_called("b", "curl"));
  BOOST_TEST(story_of(ann.listen()) == "defined b");
  BOOST_TEST((*ann.view.at("a").definition == rule_called("a")));
  auto wrong = ann.rules->take_findings();
  BOOST_REQUIRE(!wrong.empty());
  BOOST_TEST(wrong.front().place == "rules/a");
  BOOST_TEST(wrong.front().what.is_error());
  BOOST_TEST(ann.rules->take_findings().empty());
  // Who has seen it keeps it over a load; who comes later finds the others.
  BOOST_TEST((*ann.rules->load().rules.at("a").definition == rule_called("a")));
  BOOST_TEST(!ann.rules->take_findings().empty());
  const auto late = scene.open_rules()->load();
  BOOST_TEST(late.rules.size() == 1u);
  BOOST_TEST(late.rules.count("b") == 1u);
  BOOST_REQUIRE(!late.findings.empty());
  BOOST_TEST(late.findings.front().place == "rules/a");
  // It is mended.
  scene.define(rule_called("a", "nc"));
  BOOST_TEST(story_of(ann.listen()) == "defined a");
  BOOST_TEST(scene.agrees(ann.view));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_definition_that_comes_back_after_one_that_could_not_be_read_is_no_change,
                              Backend, store_backends) {
  database_rules_scene<Backend> scene;
  scene.define(rule_called("a"));
  rule_follower ann{scene.open_rules()};
  define_text(scene, "a", "rule_id: [");
  ann.listen();
  BOOST_TEST(scene.define(rule_called("a")));
  BOOST_TEST(ann.listen().empty());
  BOOST_TEST(scene.agrees(ann.view));
  scene.remove("a");
  scene.define(rule_called("a"));
  BOOST_TEST(story_of(ann.listen()) == "removed a, defined a");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_definition_of_another_rule_than_its_row_says_is_a_finding, Backend,
                              store_backends) {
  database_rules_scene<Backend> scene;
  scene.define(rule_called("a"));
  const auto text = scene.commit([&] { return scene.in().rules().find("a")->definition; });
  define_text(scene, "b", text);
  const auto found = scene.open_rules()->load();
  BOOST_TEST(found.rules.count("b") == 0u);
  BOOST_REQUIRE(found.findings.size() == 1u);
  BOOST_TEST(found.findings[0].place == "rules/b");
  BOOST_TEST(found.findings[0].what.path == "rule_id");
}

BOOST_AUTO_TEST_SUITE_END()
