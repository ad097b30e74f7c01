#include "model/base/error.hpp"
#include "persistence/rules/rule_changes.hpp"
#include "persistence/rules/sync_rules.hpp"
#include "tests/support/database_rules_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

template <class Backend>
rule_sync sync(database_rules_scene<Backend>& scene, const rule_view& from,
               const std::string& source = "/etc/rules") {
  return scene.commit([&] { return sync_rules(scene.in(), from, source, "eve", scene.now); });
}

rule_view view_of(const std::vector<rule>& rules) {
  rule_view view;
  for (const auto& each : rules)
    view[each.id].definition = std::make_shared<const rule>(each);
  return view;
}

std::string describe(const rule_sync& done) {
  return std::to_string(done.defined) + " defined, " + std::to_string(done.removed) + " removed, " +
         std::to_string(done.unchanged) + " unchanged";
}

} // namespace

BOOST_AUTO_TEST_SUITE(sync_of_rules)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_first_sync_defines_every_rule, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  const auto rules = scene.open_rules();
  rules->load();
  const auto from = view_of({rule_called("a"), rule_called("b")});
  BOOST_TEST(describe(sync(scene, from)) == "2 defined, 0 removed, 0 unchanged");
  BOOST_TEST(changes_between(scene.open_rules()->load().rules, from, scene.now).empty());
  const auto heard = rules->changes();
  BOOST_TEST(story_of(heard) == "defined a, defined b");
  BOOST_TEST(heard.front().by == "eve");
  const auto audit = scene.audit();
  BOOST_REQUIRE(audit.size() == 1u);
  BOOST_TEST(audit[0].action == "rule.sync");
  BOOST_TEST(audit[0].actor == "eve");
  BOOST_TEST(audit[0].subject == "/etc/rules");
  BOOST_TEST(audit[0].detail == R"({"defined":2,"removed":0,"unchanged":0})");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_sync_of_what_is_there_leaves_no_trace, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  const auto from = view_of({rule_called("a"), rule_called("b")});
  sync(scene, from);
  const auto rules = scene.open_rules();
  rules->load();
  scene.now += 1h;
  BOOST_TEST(describe(sync(scene, from)) == "0 defined, 0 removed, 2 unchanged");
  BOOST_TEST(!scene.in().last_commit_wrote());
  BOOST_TEST(rules->changes().empty());
  BOOST_TEST(scene.audit().size() == 1u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_differs_is_defined_and_what_is_gone_is_removed, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  sync(scene, view_of({rule_called("edited"), rule_called("gone"), rule_called("kept")}));
  const auto rules = scene.open_rules();
  rules->load();
  const auto from = view_of({rule_called("edited", "curl", 2), rule_called("kept"), rule_called("new")});
  BOOST_TEST(describe(sync(scene, from)) == "2 defined, 1 removed, 1 unchanged");
  BOOST_TEST(story_of(rules->changes()) == "removed gone, defined edited, defined new");
  BOOST_TEST(changes_between(scene.open_rules()->load().rules, from, scene.now).empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(rules_that_came_from_elsewhere_are_left_alone, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  scene.define(rule_called("by-hand"));
  sync(scene, view_of({rule_called("theirs")}), "/other");
  sync(scene, view_of({rule_called("ours")}));
  BOOST_TEST(describe(sync(scene, {})) == "0 defined, 1 removed, 0 unchanged");
  const auto left = scene.open_rules()->load().rules;
  BOOST_TEST(left.size() == 2u);
  BOOST_TEST(left.count("ours") == 0u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_rule_goes_to_the_source_that_had_it_last, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  scene.define(rule_called("a"));
  sync(scene, view_of({rule_called("a")}));
  BOOST_TEST(describe(sync(scene, {})) == "0 defined, 1 removed, 0 unchanged");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(states_stay_whatever_a_sync_does, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  sync(scene, view_of({rule_called("a")}));
  scene.set("a", scene.disabled());
  auto from = view_of({rule_called("a", "curl")});
  // What the source says about states is its own affair.
  from["a"].state = scene.clipped(0.5);
  from["b"].state = scene.clipped(0.5);
  BOOST_TEST(describe(sync(scene, from)) == "1 defined, 0 removed, 0 unchanged");
  sync(scene, {});
  const auto rules = scene.open_rules();
  BOOST_TEST((rules->state("a", scene.now) == scene.disabled()));
  BOOST_TEST((rules->state("b", scene.now) == rule_state{}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_sync_that_would_make_too_many_rules_does_nothing_and_says_how_many, Backend,
                              store_backends) {
  database_rules_scene<Backend> scene;
  sync(scene, view_of({rule_called("theirs")}), "/other");
  sync(scene, view_of({rule_called("a"), rule_called("b")}));
  const auto within_three = [&](const rule_view& from) {
    return scene.commit([&] { return sync_rules(scene.in(), from, "/etc/rules", "eve", scene.now, 3); });
  };
  const auto too_many = [](const error& trouble) {
    return trouble.code() == "too_many_rules" &&
           std::string(trouble.what()).find("would have 4 rules, and at most 3") != std::string::npos;
  };
  const auto before = scene.changes().size();
  BOOST_CHECK_EXCEPTION(within_three(view_of({rule_called("a"), rule_called("b"), rule_called("c")})), error,
                        too_many);
  BOOST_TEST(scene.changes().size() == before);
  // One that goes makes room for one that comes.
  BOOST_TEST(describe(within_three(view_of({rule_called("a"), rule_called("c")}))) ==
             "1 defined, 1 removed, 1 unchanged");
  // Where there are too many already, those that are there may still be edited and removed.
  sync(scene, view_of({rule_called("x"), rule_called("y"), rule_called("z")}), "/third");
  BOOST_TEST(describe(within_three(view_of({rule_called("a", "curl")}))) ==
             "1 defined, 1 removed, 0 unchanged");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(more_rules_than_a_page_are_synced_each_once, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  std::vector<rule> many;
  for (int i = 0; i < 1200; ++i)
    many.push_back(rule_called("r" + std::to_string(i)));
  BOOST_TEST(describe(sync(scene, view_of(many))) == "1200 defined, 0 removed, 0 unchanged");
  many.resize(100);
  BOOST_TEST(describe(sync(scene, view_of(many))) == "0 defined, 1100 removed, 100 unchanged");
}

BOOST_AUTO_TEST_SUITE_END()
