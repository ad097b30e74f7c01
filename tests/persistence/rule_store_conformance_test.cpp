// What every place of rules does (CONTRACTS D), over a directory, an SQLite file and a store in memory.

#include "model/rules/compiled_rules.hpp"
#include "tests/support/rule_store_scene.hpp"
#include "tests/support/rule_tags.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <map>
#include <string>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

std::vector<rule> corpus() {
  auto fetch = rule_called("fetch", "(wget|curl)\\s");
  auto pipe = rule_called("pipe", "\\|\\s*(ba)?sh\\b", 3);
  pipe.applies_to = {"ssh"};
  pipe.emits.push_back({"T1059.004", "execution", 0.7, {{"note", "yes: \"quoted\""}}});
  auto path = rule_called("path", "^/admin");
  path.field = "request.path";
  path.description = "two\nlines";
  return {fetch, pipe, path};
}

} // namespace

BOOST_AUTO_TEST_SUITE(rule_store_conformance)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_corpus_loads_as_it_was_written, Backend, rule_backends) {
  rule_store_scene<Backend> scene;
  for (const auto& each : corpus())
    scene.define(each);
  const auto found = scene.open()->load();
  BOOST_TEST(found.findings.empty());
  BOOST_REQUIRE(found.rules.size() == 3u);
  for (const auto& each : corpus())
    BOOST_TEST((*found.rules.at(each.id).definition == each), each.id);
}

BOOST_AUTO_TEST_CASE(every_place_gives_the_same_compiled_rules) {
  const auto tags = [](auto scene) {
    for (const auto& each : corpus())
      scene->define(each);
    scene->say("pipe", scene->clipped(0.5));
    scene->say("path", scene->disabled());
    const auto compiled = compiled_rules::compile(scene->open()->load().rules, scene->now);
    std::string told;
    for (const auto& each : compiled->rules())
      told += each.definition->id + " " + std::to_string(each.confidence_max) + "; ";
    for (const auto* kind : {"ssh", "web"})
      told += tags_of(*compiled, kind, "curl x | sh") + "; ";
    return told;
  };
  const auto from_files = tags(std::make_unique<rule_store_scene<rule_directory_backend>>());
  BOOST_TEST(from_files.find("fetch pipe; fetch; ") != std::string::npos, from_files);
  BOOST_TEST(tags(std::make_unique<rule_store_scene<synced_rules_backend<sqlite_medium>>>()) == from_files);
  BOOST_TEST(tags(std::make_unique<rule_store_scene<synced_rules_backend<memory_medium>>>()) == from_files);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(five_edits_give_five_changes, Backend, rule_backends) {
  rule_store_scene<Backend> scene;
  for (const auto* id : {"a", "b", "c", "d", "e"})
    scene.define(rule_called(id));
  auto ann = scene.follow();
  for (const auto* id : {"a", "b", "c", "d", "e"})
    scene.define(rule_called(id, "curl", 2));
  const auto heard = ann.listen();
  BOOST_TEST(story_of(heard) == "defined a, defined b, defined c, defined d, defined e");
  for (std::size_t i = 1; i < heard.size(); ++i)
    BOOST_TEST(heard[i].number > heard[i - 1].number);
  BOOST_TEST(ann.listen().empty());
  BOOST_TEST(scene.difference(ann.view) == "");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(five_edits_of_one_rule_that_are_looked_at_give_five_changes, Backend,
                              rule_backends) {
  rule_store_scene<Backend> scene;
  auto ann = scene.follow();
  std::string patterns;
  for (const auto* pattern : {"1", "2", "3", "4", "5"}) {
    scene.define(rule_called("a", pattern));
    for (const auto& change : ann.listen())
      patterns += change.definition->pattern;
  }
  BOOST_TEST(patterns == "12345");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_edit_that_changes_nothing_is_no_change, Backend, rule_backends) {
  rule_store_scene<Backend> scene;
  scene.define(rule_called("a"));
  auto ann = scene.follow();
  scene.define(rule_called("a"));
  BOOST_TEST(ann.listen().empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_new_version_with_the_same_pattern_is_a_change, Backend, rule_backends) {
  rule_store_scene<Backend> scene;
  scene.define(rule_called("a"));
  auto ann = scene.follow();
  scene.define(rule_called("a", "wget", 2));
  BOOST_TEST(story_of(ann.listen()) == "defined a");
  BOOST_TEST(ann.view.at("a").definition->version == 2u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_deleted_rule_stops_and_its_state_stays, Backend, rule_backends) {
  rule_store_scene<Backend> scene;
  scene.define(rule_called("a"));
  scene.define(rule_called("b"));
  auto ann = scene.follow();
  BOOST_TEST(tags_of(ann.view, scene.now, "wget") == "a b");
  scene.say("a", scene.clipped(0.5));
  scene.remove("a");
  BOOST_TEST(story_of(ann.listen()) == "state a, removed a");
  BOOST_TEST(tags_of(ann.view, scene.now, "wget") == "b");
  BOOST_TEST(scene.difference(ann.view) == "");
  scene.define(rule_called("a", "wget", 2));
  BOOST_TEST(story_of(ann.listen()) == "defined a");
  BOOST_TEST((ann.view.at("a").state == scene.clipped(0.5)));
  BOOST_TEST(scene.difference(ann.view) == "");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_malformed_edit_leaves_the_old_rule_in_force_and_the_follower_alive, Backend,
                              rule_backends) {
  rule_store_scene<Backend> scene;
  scene.define(rule_called("a"));
  auto ann = scene.follow();
  BOOST_TEST(ann.rules->take_findings().empty());
  scene.spoil("a");
  BOOST_TEST(ann.listen().empty());
  const auto found = ann.rules->take_findings();
  BOOST_REQUIRE(!found.empty());
  BOOST_TEST(found.front().what.is_error());
  BOOST_TEST(found.front().what.position.known());
  BOOST_TEST(found.front().place.find("a") != std::string::npos);
  BOOST_TEST(ann.rules->take_findings().empty());
  BOOST_TEST(ann.rules->findings_now().size() == found.size());
  BOOST_TEST(tags_of(ann.view, scene.now, "wget") == "a");
  // The very object that has seen the good one keeps it over a load, too.
  BOOST_TEST((*ann.rules->load().rules.at("a").definition == rule_called("a")));
  scene.define(rule_called("a", "curl"));
  scene.define(rule_called("b"));
  BOOST_TEST(story_of(ann.listen()) == "defined a, defined b");
  BOOST_TEST(scene.difference(ann.view) == "");
  BOOST_TEST(ann.rules->findings_now().empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_rule_that_was_never_well_formed_is_a_finding_of_the_load, Backend,
                              rule_backends) {
  rule_store_scene<Backend> scene;
  scene.define(rule_called("b"));
  scene.spoil("a");
  const auto rules = scene.open();
  const auto found = rules->load();
  BOOST_TEST(found.rules.size() == 1u);
  BOOST_TEST(!found.findings.empty());
  BOOST_TEST(!rules->take_findings().empty());
  BOOST_TEST(rules->take_findings().empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(nothing_between_the_load_and_the_first_look_is_lost, Backend, rule_backends) {
  rule_store_scene<Backend> scene;
  scene.define(rule_called("before"));
  scene.define(rule_called("goes"));
  const auto rules = scene.open();
  scene.define(rule_called("opened"));
  BOOST_TEST(rules->load().rules.size() == 3u);
  scene.define(rule_called("after"));
  scene.remove("goes");
  scene.say("before", scene.disabled());
  const auto heard = rules->changes();
  std::map<std::string, int> story;
  for (const auto& change : heard)
    ++story[std::string(to_string(change.what)) + " " + change.rule];
  BOOST_TEST(heard.size() == 3u);
  BOOST_TEST(story["defined after"] == 1);
  BOOST_TEST(story["removed goes"] == 1);
  BOOST_TEST(story["state before"] == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_came_before_a_second_load_is_not_told_again, Backend, rule_backends) {
  rule_store_scene<Backend> scene;
  auto ann = scene.follow();
  scene.define(rule_called("a"));
  scene.say("a", scene.disabled());
  ann.view = ann.rules->load().rules;
  BOOST_TEST(ann.listen().empty());
  BOOST_TEST(scene.difference(ann.view) == "");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_second_process_is_heard_once_in_definitions_deletions_and_states, Backend,
                              rule_backends) {
  rule_store_scene<Backend> scene;
  scene.define(rule_called("a"));
  scene.define(rule_called("b"));
  auto ann = scene.follow();
  BOOST_TEST(scene.place.elsewhere([&] {
    scene.define(rule_called("a", "curl", 2));
    scene.remove("b");
    scene.say("a", scene.disabled());
    scene.define(rule_called("c"));
  }));
  std::map<std::string, int> story;
  for (const auto& change : ann.listen())
    ++story[std::string(to_string(change.what)) + " " + change.rule];
  BOOST_TEST(story.size() == 4u);
  for (const auto* what : {"defined a", "removed b", "state a", "defined c"})
    BOOST_TEST(story[what] == 1, what);
  BOOST_TEST(ann.listen().empty());
  BOOST_TEST(scene.difference(ann.view) == "");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(after_a_restart_everything_is_there, Backend, rule_backends) {
  rule_store_scene<Backend> scene;
  {
    auto ann = scene.follow();
    scene.define(rule_called("a"));
    scene.define(rule_called("b", "curl", 2));
    ann.rules->set_state("a", scene.disabled(1h), scene.now);
    ann.rules->set_state("gone", scene.clipped(0.3), scene.now);
    ann.listen();
  }
  auto next = scene.follow();
  BOOST_REQUIRE(next.view.size() == 3u);
  BOOST_TEST((*next.view.at("b").definition == rule_called("b", "curl", 2)));
  BOOST_TEST((next.view.at("a").state == scene.disabled(1h)));
  BOOST_TEST((next.view.at("gone").state == scene.clipped(0.3)));
  BOOST_TEST(next.listen().empty());
}

BOOST_AUTO_TEST_SUITE_END()
