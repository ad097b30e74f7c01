#include "model/base/error.hpp"
#include "model/rules/rule_reader.hpp"
#include "persistence/operations/rule_operations.hpp"
#include "tests/support/database_rules_scene.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/raw_database.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

/// What happened, e.g. `defined a by ann`.
std::string story_of(const std::vector<rule_change_row>& rows) {
  std::string text;
  for (const auto& row : rows)
    text += (text.empty() ? "" : ", ") + std::string(to_string(row.kind)) + " " + row.rule + " by " + row.by;
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(rule_operations)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_defined_rule_is_a_row_and_a_change, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  BOOST_TEST(scene.define(rule_called("a", "curl", 3), "here"));
  const auto text = write_rule(rule_called("a", "curl", 3));
  const auto row = scene.commit([&] { return scene.in().rules().find("a"); });
  BOOST_TEST((row == rule_row{"a", 3, text, "here", scene.now, scene.now}));
  const auto changes = scene.changes();
  BOOST_REQUIRE(changes.size() == 1u);
  BOOST_TEST((changes[0] == rule_change_row{1, scene.now, rule_change_kind::defined, "a", "ann", text, {}}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_rule_that_is_defined_as_it_is_has_not_changed, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  scene.define(rule_called("a"), "here");
  BOOST_TEST(!scene.define(rule_called("a"), "here"));
  // Somebody has written the same in other words.
  scene.commit([&] {
    auto row = *scene.in().rules().find("a");
    row.definition = "# a comment\n" + row.definition;
    scene.in().rules().put(row);
    return 0;
  });
  BOOST_TEST(!scene.define(rule_called("a"), "there"));
  BOOST_TEST(scene.commit([&] { return scene.in().rules().find("a")->source; }) == "there");
  BOOST_TEST(scene.changes().size() == 1u);
  BOOST_TEST(scene.define(rule_called("a", "other"), "there"));
  BOOST_TEST(scene.changes().size() == 2u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_rule_that_cannot_be_read_is_defined_anew, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  scene.commit([&] {
    scene.in().rules().put({"a", 1, "{", "", scene.now, scene.now});
    return 0;
  });
  BOOST_TEST(scene.define(rule_called("a")));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_rule_that_nobody_could_read_back_is_refused, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  auto large = rule_called("a");
  // Each of these is kept as four characters.
  large.description = std::string(100'000, '\x01');
  BOOST_CHECK_EXCEPTION(scene.define(large), error, has_code("rule_too_large"));
  BOOST_CHECK_EXCEPTION(scene.define(rule_called("two words")), error, has_code("bad_name"));
  BOOST_TEST(scene.changes().empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_removed_rule_leaves_its_state, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  scene.define(rule_called("a"));
  scene.set("a", scene.disabled());
  BOOST_TEST(scene.remove("a"));
  BOOST_TEST(!scene.remove("a"));
  BOOST_TEST(!scene.remove("never"));
  scene.commit([&] {
    BOOST_TEST(!scene.in().rules().find("a"));
    BOOST_TEST((scene.in().rules().state("a") == scene.disabled()));
    return 0;
  });
  BOOST_TEST(story_of(scene.changes()) == "defined a by ann, state a by ann, removed a by ann");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_state_that_is_set_leaves_old_and_new_in_the_audit, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  BOOST_TEST(scene.set("a", scene.disabled(1h)));
  BOOST_TEST(scene.set("a", scene.clipped(0.25)));
  rule_state enabled;
  enabled.reason = "calm again";
  enabled.by = "eve";
  enabled.at = scene.now;
  BOOST_TEST(scene.set("a", enabled));
  const auto audit = scene.audit();
  BOOST_REQUIRE(audit.size() == 3u);
  BOOST_TEST(audit[0].action == "rule.disable");
  BOOST_TEST(audit[0].actor == "ann");
  BOOST_TEST(audit[0].subject == "a");
  BOOST_TEST(audit[0].detail ==
             R"({"old":{"mode":"enabled"},"new":{"mode":"disabled","reason":"too loud","by":"ann",)"
             R"("at":"2026-11-21T12:00:00.000Z","expires_at":"2026-11-21T13:00:00.000Z"}})");
  BOOST_TEST(audit[1].action == "rule.clip");
  BOOST_TEST(audit[1].actor == "bob");
  BOOST_TEST(audit[1].detail.find(R"("new":{"mode":"clipped","confidence_max":0.25,)") != std::string::npos);
  BOOST_TEST(audit[2].action == "rule.enable");
  BOOST_TEST(audit[2].detail.find(R"("old":{"mode":"clipped",)") != std::string::npos);
  BOOST_TEST(audit[2].detail.find(R"("reason":"calm again","by":"eve")") != std::string::npos);
  // Who enabled it is kept; that it is enabled is what no row says.
  BOOST_TEST(story_of(scene.changes()) == "state a by ann, state a by bob, state a by eve");
  BOOST_TEST((scene.changes()[2].state == enabled));
  BOOST_TEST(!scene.commit([&] { return scene.in().rules().state("a"); }));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(saying_what_was_said_already_changes_nothing, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  BOOST_TEST(!scene.set("a", {}));
  BOOST_TEST(scene.set("a", scene.disabled()));
  BOOST_TEST(!scene.set("a", scene.disabled()));
  BOOST_TEST(scene.changes().size() == 1u);
  BOOST_TEST(scene.audit().size() == 1u);
  // Somebody else says the same: that is another state.
  auto other = scene.disabled();
  other.by = "bob";
  BOOST_TEST(scene.set("a", other));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(setting_one_state_leaves_others_alone, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  scene.set("a", scene.disabled());
  scene.set("b", scene.clipped(0.5));
  scene.set("a", {});
  BOOST_TEST((scene.commit([&] { return scene.in().rules().state("b"); }) == scene.clipped(0.5)));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_no_state_or_no_id_is_refused, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  BOOST_CHECK_EXCEPTION(scene.set("a", scene.clipped(7.5)), error, has_code("bad_state"));
  auto past = scene.disabled();
  past.expires_at = scene.now;
  BOOST_CHECK_EXCEPTION(scene.set("a", past), error, has_code("bad_state"));
  for (const auto* id : {"", "two words", "a/b", "ü"})
    BOOST_CHECK_EXCEPTION(scene.set(id, scene.disabled()), error, has_code("bad_name"));
  BOOST_CHECK_EXCEPTION(scene.set(std::string(129, 'a'), scene.disabled()), error, has_code("bad_name"));
  BOOST_TEST(scene.set(std::string(128, 'a'), scene.disabled()));
  BOOST_TEST(scene.changes().size() == 1u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_state_that_expired_is_taken_back_once_with_its_traces, Backend,
                              store_backends) {
  database_rules_scene<Backend> scene;
  scene.set("a", scene.disabled(1h));
  scene.set("b", scene.disabled(2h));
  scene.set("c", scene.disabled());
  const auto said = scene.disabled(1h);
  BOOST_TEST(scene.expire() == 0u);
  scene.now += 1h;
  BOOST_TEST(scene.expire() == 1u);
  BOOST_TEST(scene.expire() == 0u);
  const auto changes = scene.changes();
  BOOST_REQUIRE(changes.size() == 4u);
  BOOST_TEST(
      (changes[3] == rule_change_row{4, scene.now, rule_change_kind::expired, "a", "sluice", {}, said}));
  const auto audit = scene.audit();
  BOOST_REQUIRE(audit.size() == 4u);
  BOOST_TEST(audit[3].action == "rule.expire");
  BOOST_TEST(audit[3].actor == "sluice");
  BOOST_TEST(audit[3].subject == "a");
  BOOST_TEST(audit[3].detail.find(R"("new":{"mode":"enabled"})") != std::string::npos);
  BOOST_TEST(!scene.commit([&] { return scene.in().rules().state("a"); }));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(states_are_taken_back_a_few_at_a_time, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  for (int i = 0; i < 5; ++i)
    scene.set("r" + std::to_string(i), scene.disabled(std::chrono::milliseconds{i + 1}));
  scene.now += 1h;
  BOOST_TEST(scene.expire(2) == 2u);
  BOOST_TEST(scene.expire(2) == 2u);
  BOOST_TEST(scene.expire(2) == 1u);
  BOOST_TEST(scene.changes().back().rule == "r4");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_expired_state_that_nobody_took_back_is_so_before_the_next_is_set, Backend,
                              store_backends) {
  database_rules_scene<Backend> scene;
  scene.set("a", scene.disabled(1s));
  scene.set("b", scene.disabled(1s));
  scene.now += 1h;
  BOOST_TEST(scene.set("a", scene.clipped(0.5)));
  BOOST_TEST(story_of(scene.changes()) ==
             "state a by ann, state b by ann, expired a by sluice, state a by bob");
  // It is enabled by itself, so there is nothing to enable.
  BOOST_TEST(!scene.set("b", {}));
  BOOST_TEST(scene.changes().back().rule == "b");
  BOOST_TEST((scene.changes().back().kind == rule_change_kind::expired));
  BOOST_TEST(scene.expire() == 0u);
}

BOOST_AUTO_TEST_CASE(the_newest_changes_are_kept_and_older_ones_go) {
  database_rules_scene<memory_backend> scene;
  scene.commit([&] {
    for (std::int64_t i = 0; i < rule_changes_kept; ++i)
      scene.in().rules().append_change({0, scene.now, rule_change_kind::removed, "a"});
    return 0;
  });
  const auto range = [&] { return scene.commit([&] { return scene.in().rules().change_range(); }); };
  scene.define(rule_called("a"));
  BOOST_TEST(range().last == rule_changes_kept + 1);
  BOOST_TEST(range().first == 2);
  scene.set("a", scene.disabled());
  BOOST_TEST(range().first == 3);
  BOOST_TEST(range().last - range().first + 1 == rule_changes_kept);
}

BOOST_AUTO_TEST_CASE(a_change_deletes_only_a_few_of_many_old_ones) {
  database_rules_scene<sqlite_backend> scene;
  scene.commit([&] {
    for (int i = 0; i < 250; ++i)
      scene.in().rules().append_change({0, scene.now, rule_change_kind::removed, "a"});
    return 0;
  });
  raw_database(scene.backend.folder.path() / "runs.db")
      .run("UPDATE sqlite_sequence SET seq = 1000000 WHERE name = 'rule_changes'");
  const auto count_after = [&](double confidence_max) {
    scene.set("a", scene.clipped(confidence_max));
    return scene.changes().size();
  };
  BOOST_TEST(count_after(0.1) == 151u);
  BOOST_TEST(count_after(0.2) == 52u);
  BOOST_TEST(count_after(0.3) == 3u);
  BOOST_TEST(count_after(0.4) == 4u);
}

BOOST_AUTO_TEST_SUITE_END()
