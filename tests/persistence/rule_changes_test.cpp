#include "persistence/rules/rule_changes.hpp"
#include "tests/support/database_rules_scene.hpp"

#include <boost/test/unit_test.hpp>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

const auto now = parse_utc_time("2026-11-21T12:00:00.000Z").value();

std::shared_ptr<const rule> shared(const std::string& id, const std::string& pattern = "wget") {
  return std::make_shared<const rule>(rule_called(id, pattern));
}

rule_state disabled(std::optional<utc_time> until = {}) {
  return {rule_mode::disabled, 1, "too loud", "ann", now, until};
}

rule_change change_of(rule_change_kind what, const std::string& id) {
  rule_change change;
  change.what = what;
  change.rule = id;
  return change;
}

rule_change defined(const std::string& id) {
  auto change = change_of(rule_change_kind::defined, id);
  change.definition = shared(id);
  return change;
}

rule_change said(const std::string& id, const rule_state& state) {
  auto change = change_of(rule_change_kind::state, id);
  change.state = state;
  return change;
}

} // namespace

BOOST_AUTO_TEST_SUITE(rule_changes)

BOOST_AUTO_TEST_CASE(a_state_outlives_its_definition_in_a_view) {
  rule_view view;
  apply_change(view, defined("a"));
  apply_change(view, said("a", disabled()));
  apply_change(view, change_of(rule_change_kind::removed, "a"));
  BOOST_REQUIRE(view.count("a") == 1u);
  BOOST_TEST(!view["a"].definition);
  BOOST_TEST((view["a"].state == disabled()));
  apply_change(view, defined("a"));
  BOOST_TEST((*view["a"].definition == rule_called("a")));
  BOOST_TEST((view["a"].state == disabled()));
}

BOOST_AUTO_TEST_CASE(who_has_neither_definition_nor_state_is_not_in_a_view) {
  rule_view view;
  apply_change(view, defined("a"));
  apply_change(view, change_of(rule_change_kind::removed, "a"));
  apply_change(view, change_of(rule_change_kind::removed, "never"));
  BOOST_TEST(view.empty());
  apply_change(view, said("b", disabled()));
  apply_change(view, change_of(rule_change_kind::expired, "b"));
  BOOST_TEST(view.empty());
  apply_change(view, said("b", disabled()));
  rule_state enabled;
  enabled.by = "eve";
  enabled.at = now;
  apply_change(view, said("b", enabled));
  BOOST_TEST(view.empty());
}

BOOST_AUTO_TEST_CASE(equal_views_have_nothing_between_them) {
  const rule_view one = {{"a", {shared("a"), disabled()}}, {"b", {nullptr, disabled()}}};
  const rule_view other = {{"a", {shared("a"), disabled()}}, {"b", {nullptr, disabled()}}};
  BOOST_TEST(changes_between(one, other, now).empty());
  BOOST_TEST(changes_between({}, {}, now).empty());
}

BOOST_AUTO_TEST_CASE(what_lies_between_two_views_turns_one_into_the_other) {
  const rule_view from = {{"edited", {shared("edited"), {}}},
                          {"enabled", {shared("enabled"), disabled()}},
                          {"expired", {shared("expired"), disabled(now)}},
                          {"gone", {shared("gone"), disabled()}},
                          {"kept", {shared("kept"), {}}}};
  const rule_view to = {{"a-new", {shared("a-new"), disabled()}}, {"edited", {shared("edited", "curl"), {}}},
                        {"enabled", {shared("enabled"), {}}},     {"expired", {shared("expired"), {}}},
                        {"kept", {shared("kept"), {}}},           {"z-state", {nullptr, disabled()}}};
  const auto changes = changes_between(from, to, now);
  BOOST_REQUIRE(changes.size() == 8u);
  BOOST_TEST(story_of(changes) ==
             "defined a-new, state a-new, defined edited, state enabled, expired expired, "
             "removed gone, state gone, state z-state");
  BOOST_TEST(changes[1].by == "ann");
  BOOST_TEST(changes[4].by == "sluice");
  auto view = from;
  for (const auto& change : changes) {
    BOOST_TEST((change.at == now));
    apply_change(view, change);
  }
  BOOST_TEST(changes_between(view, to, now).empty());
  BOOST_TEST(view.size() == to.size());
}

BOOST_AUTO_TEST_SUITE_END()
