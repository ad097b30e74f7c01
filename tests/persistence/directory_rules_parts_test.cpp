// The parts of the directory of rules that need none.

#include "model/base/error.hpp"
#include "persistence/rules/rule_changes.hpp"
#include "persistence/rules/rule_claims.hpp"
#include "persistence/rules/rule_state_record.hpp"
#include "tests/support/database_rules_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

const utc_time noon = parse_utc_time("2026-11-21T12:00:00.000Z").value();

std::shared_ptr<const rule> shared(const std::string& id, const std::string& pattern = "wget") {
  return std::make_shared<const rule>(rule_called(id, pattern));
}

rule_state disabled(std::optional<utc_time> until = {}) {
  return {rule_mode::disabled, 1, "loud", "ann", noon, until};
}

rule_state clipped(double confidence_max) {
  return {rule_mode::clipped, confidence_max, "unsure", "ann", noon, {}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(directory_rules_parts)

BOOST_AUTO_TEST_CASE(claims_are_settled_in_the_order_in_which_files_came) {
  rule_claims claims;
  claims.put("c", shared("r", "1"));
  claims.put("b", shared("r", "2"));
  claims.put("a", shared("r", "3"));
  BOOST_TEST(story_of(claims.settle(noon)) == "defined r");
  BOOST_TEST(claims.in_force().at("r")->pattern == "1");
  BOOST_TEST(claims.conflicts().size() == 2u);
  // Who takes another id and comes back, comes last.
  claims.put("c", shared("s"));
  BOOST_TEST(story_of(claims.settle(noon)) == "defined r, defined s");
  claims.put("c", shared("r", "1"));
  BOOST_TEST(story_of(claims.settle(noon)) == "removed s");
  BOOST_TEST(claims.in_force().at("r")->pattern == "2");
  claims.carry("b", "x");
  BOOST_TEST(story_of(claims.settle(noon)) == "");
  BOOST_TEST((claims.conflicts().begin()->first == "x"));
  claims.drop("x");
  BOOST_TEST(story_of(claims.settle(noon)) == "defined r");
  claims.carry("a", "c");
  BOOST_TEST(story_of(claims.settle(noon)) == "");
  BOOST_TEST(claims.conflicts().empty());
  claims.drop("c");
  claims.drop("nothing");
  claims.carry("nothing", "c");
  BOOST_TEST(story_of(claims.settle(noon)) == "removed r");
  BOOST_TEST(claims.in_force().empty());
}

BOOST_AUTO_TEST_CASE(states_are_written_as_they_are_read) {
  rule_state_record record;
  BOOST_TEST((read_states(write_states(record)) == record));
  set_state(record, "a", disabled(noon + 1h), noon);
  set_state(record, "b", clipped(0.1), noon);
  set_state(record, "c", disabled(), noon);
  set_state(record, "c", {}, noon + 1s);
  expire_states(record, noon + 1h);
  BOOST_TEST(record.last == 5);
  BOOST_TEST((read_states(write_states(record)) == record));
}

BOOST_AUTO_TEST_CASE(states_that_make_no_sense_are_refused) {
  rule_state_record record;
  set_state(record, "a", clipped(0.5), noon);
  const auto text = write_states(record);
  const auto refused = [&](const std::string& from, const std::string& to) {
    auto changed = text;
    const auto at = changed.find(from);
    BOOST_REQUIRE_MESSAGE(at != std::string::npos, from);
    changed.replace(at, from.size(), to);
    BOOST_CHECK_EXCEPTION(read_states(changed), error,
                          [](const error& trouble) { return trouble.code() == "rule_states_unreadable"; });
  };
  refused("0.5", "7.5");
  refused("0.5", "\"0.5\"");
  refused("clipped", "muted");
  refused("clipped", "enabled");
  refused("\"version\": 1", "\"version\": 2");
  refused("2026-11-21T12", "noon");
  refused("\"what\": \"state\"", "\"what\": \"defined\"");
  refused("\"last_change\": 1", "\"last_change\": 0");
  refused("\"states\"", "\"status\"");
}

BOOST_AUTO_TEST_CASE(who_knows_a_record_hears_what_came_after_each_once) {
  rule_state_record record;
  const auto empty = record;
  set_state(record, "a", disabled(noon + 1s), noon);
  const auto seen = record;
  set_state(record, "a", clipped(0.5), noon);
  set_state(record, "a", disabled(noon + 1s), noon);
  expire_states(record, noon + 2s);
  BOOST_TEST(story_of(changes_between(empty, record, noon)) == "state a, state a, state a, expired a");
  BOOST_TEST(story_of(changes_between(seen, record, noon)) == "state a, state a, expired a");
  BOOST_TEST(story_of(changes_between(record, record, noon)) == "");
}

BOOST_AUTO_TEST_CASE(who_has_missed_too_much_hears_one_change_for_each_rule) {
  rule_state_record record;
  set_state(record, "ended", disabled(noon + 1s), noon);
  const auto seen = record;
  for (int i = 0; i < 200; ++i) {
    set_state(record, "loud", disabled(), noon);
    set_state(record, "loud", clipped(0.5), noon);
  }
  expire_states(record, noon + 1h);
  forget_changes(record, 0);
  BOOST_TEST(record.changes.size() == rule_state_record::changes_kept);
  BOOST_TEST((read_states(write_states(record)) == record));
  BOOST_TEST(story_of(changes_between(rule_state_record(), record, noon + 1h)) == "state loud");
  BOOST_TEST(story_of(changes_between(seen, record, noon + 1h)) == "expired ended, state loud");
}

BOOST_AUTO_TEST_CASE(as_many_changes_as_were_just_made_are_kept) {
  rule_state_record record;
  for (int i = 0; i < 1000; ++i)
    set_state(record, "r" + std::to_string(i), disabled(noon + 1s), noon);
  forget_changes(record, 1000);
  BOOST_TEST(record.changes.size() == 1000u);
  const auto seen = record;
  BOOST_TEST(expire_states(record, noon + 1s) == 1000u);
  forget_changes(record, 1000);
  BOOST_TEST(changes_between(seen, record, noon + 1s).size() == 1000u);
}

BOOST_AUTO_TEST_CASE(a_record_that_was_thrown_away_is_compared) {
  rule_state_record old;
  for (int i = 0; i < 3; ++i)
    set_state(old, "r" + std::to_string(i), disabled(), noon);
  rule_state_record fresh;
  for (int i = 2; i < 6; ++i)
    set_state(fresh, "r" + std::to_string(i), disabled(), noon + 1min);
  BOOST_TEST(story_of(changes_between(old, fresh, noon + 1min)) ==
             "state r0, state r1, state r3, state r4, state r5");
  BOOST_TEST(story_of(changes_between(old, rule_state_record(), noon)) == "state r0, state r1, state r2");
}

BOOST_AUTO_TEST_SUITE_END()
