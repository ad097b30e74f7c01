#include "model/base/error.hpp"
#include "runtime/wire/answer_fields.hpp"
#include "runtime/wire/rules_json.hpp"
#include "runtime/wire/rules_reader.hpp"
#include "tests/runtime/wire_complaints.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <string>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

const utc_time noon = parse_utc_time("2026-11-21T12:00:00.000Z").value();

std::shared_ptr<const rule> some_rule() {
  rule made;
  made.id = "ssh.wget-1";
  made.version = 3;
  made.name = "Download \"piped\"";
  made.description = "why";
  made.applies_to = {"ssh", "web"};
  made.field = "request.command";
  made.pattern = "(wget|curl)\\s.*";
  made.emits = {{"T1059.004", "execution", 0.9, {{"source", "lab"}, {"url", "x"}}}, {"T1105", "", 0.5}};
  return std::make_shared<const rule>(std::move(made));
}

rule_state clipped() {
  return {rule_mode::clipped, 0.25, "too noisy", "ann", noon, noon + 1h};
}

} // namespace

BOOST_AUTO_TEST_SUITE(wire_rules)

BOOST_AUTO_TEST_CASE(a_rule_is_read_as_it_was_written) {
  auto facts = facts_of("ssh.wget-1", {some_rule(), clipped()}, noon);
  facts.hits = 812;
  const auto whole = read_rule_facts(parse_answer(rule_view_json(facts)));
  BOOST_TEST(whole.id == "ssh.wget-1");
  BOOST_TEST(whole.version.value() == 3u);
  BOOST_TEST(whole.name == facts.name);
  BOOST_TEST((whole.state == facts.state));
  BOOST_TEST(whole.hits.value() == 812u);
  BOOST_REQUIRE(whole.definition);
  BOOST_TEST((*whole.definition == *some_rule()));
  const auto item = read_rule_facts(parse_answer(rule_json(facts)));
  BOOST_TEST(!item.definition);
  BOOST_TEST((item.state == facts.state));
}

BOOST_AUTO_TEST_CASE(what_there_is_none_of_is_null) {
  const auto text = rule_view_json(facts_of("gone", {}, noon));
  BOOST_TEST(text ==
             R"({"id":"gone","version":null,"name":null,"state":{"mode":"enabled","confidence_max":null,)"
             R"("reason":null,"by":null,"at":null,"expires_at":null},"hits":null,"description":null,)"
             R"("applies_to":null,"match":null,"emits":null})");
  const auto read = read_rule_facts(parse_answer(text));
  BOOST_TEST(!read.version);
  BOOST_TEST(!read.hits);
  BOOST_TEST(!read.definition);
  BOOST_TEST((read.state == rule_state{}));
}

BOOST_AUTO_TEST_CASE(a_state_that_has_expired_is_shown_as_the_default) {
  const viewed_rule seen{some_rule(), clipped()};
  BOOST_TEST((facts_of("a", seen, noon + 59min).state == clipped()));
  BOOST_TEST((facts_of("a", seen, noon + 1h).state == rule_state{}));
}

BOOST_AUTO_TEST_CASE(changes_are_read_as_they_were_written) {
  const rule_change_row defined{7, noon, rule_change_kind::defined, "a", "ann", "rule_id: a\n"};
  BOOST_TEST((read_rule_change(parse_answer(rule_change_json(defined))) == defined));
  const rule_change_row removed{8, noon, rule_change_kind::removed, "a"};
  BOOST_TEST((read_rule_change(parse_answer(rule_change_json(removed))) == removed));
  const rule_change_row said{9, noon, rule_change_kind::state, "a", "ann", {}, clipped()};
  BOOST_TEST((read_rule_change(parse_answer(rule_change_json(said))) == said));
  const rule_change_row expired{10, noon, rule_change_kind::expired, "a", "sluice", {}, clipped()};
  BOOST_TEST((read_rule_change(parse_answer(rule_change_json(expired))) == expired));
}

BOOST_AUTO_TEST_CASE(what_a_follower_begins_with_is_read_as_it_was_written) {
  for (const auto& present : {rule_present{"a", "rule_id: a\n", clipped()}, rule_present{"b", {}, {}}}) {
    const auto read = read_rule_present(parse_answer(rule_present_json(present)));
    BOOST_TEST(read.rule == present.rule);
    BOOST_TEST((read.definition == present.definition));
    BOOST_TEST((read.state == present.state));
  }
}

BOOST_AUTO_TEST_CASE(findings_are_read_as_they_were_written) {
  finding what{finding::level::warning, "BAD_VALUE", "match.pattern", "missing )", {5, 12}};
  const auto read = read_rule_finding(parse_answer(rule_finding_json({"rules/a.yaml", what})));
  BOOST_TEST(read.place == "rules/a.yaml");
  BOOST_TEST(to_string(read.what, read.place) == to_string(what, "rules/a.yaml"));
  what.position = {};
  BOOST_TEST(contains(rule_finding_json({"a", what}), R"("line":null,"column":null)"));
}

BOOST_AUTO_TEST_CASE(a_check_is_read_as_it_was_written) {
  rule_check check;
  check.valid = false;
  check.rules = 2;
  check.ids = {{"a.yaml", "a"}, {"b.yaml", "a"}};
  check.findings = {{{"c.yaml", {finding::level::error, "SYNTAX", "", "odd", {1, 2}}}}, 7};
  const auto read = read_rule_check(parse_answer(rule_check_json(check)));
  BOOST_TEST(!read.valid);
  BOOST_TEST(read.rules == 2u);
  BOOST_TEST((read.ids == check.ids));
  BOOST_TEST(read.findings.shown.size() == 1u);
  BOOST_TEST(read.findings.more == 7u);
  BOOST_TEST(contains(complaint(read_rule_check, R"({"rules":1})"), "valid"));
}

BOOST_AUTO_TEST_CASE(a_copy_is_read_as_it_was_written) {
  rule_copy copy{{3, 1, 7}, false, {{{"a.yaml", {}}}, 0}};
  const auto read = read_rule_copy(parse_answer(rule_copy_json(copy)));
  BOOST_TEST(read.done.defined == 3u);
  BOOST_TEST(read.done.removed == 1u);
  BOOST_TEST(read.done.unchanged == 7u);
  BOOST_TEST(!read.complete);
  BOOST_TEST(read.findings.shown.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_answer_has_a_thousand_findings_or_a_megabyte_and_counts_the_others) {
  std::vector<rule_finding> many(1'234, {"a.yaml", {finding::level::error, "SYNTAX", "", "odd", {1, 2}}});
  auto told = read_findings_of(parse_answer("{" + findings_members(many) + "}"));
  BOOST_TEST(told.shown.size() == 1'000u);
  BOOST_TEST(told.more == 234u);
  many.resize(10);
  for (auto& each : many)
    each.what.text = std::string(300'000, 'x');
  const auto text = "{" + findings_members(many) + "}";
  BOOST_TEST(text.size() < 1'100'000u);
  told = read_findings_of(parse_answer(text));
  BOOST_TEST(told.shown.size() == 3u);
  BOOST_TEST(told.more == 7u);
  many.front().what.text = std::string(2'000'000, 'x');
  told = read_findings_of(parse_answer("{" + findings_members(many) + "}"));
  BOOST_TEST(told.shown.size() == 1u, "one that is too long alone is told all the same");
  BOOST_TEST(read_findings_of(parse_answer("{\"findings\":[]}")).more == 0u, "an older server");
}

BOOST_AUTO_TEST_CASE(an_order_becomes_a_state_with_an_end) {
  rule_order order{rule_mode::clipped, 0.5, "unsure"};
  order.lasts = 90min;
  BOOST_TEST((state_of(order, "ann", noon) ==
              rule_state{rule_mode::clipped, 0.5, "unsure", "ann", noon, noon + 90min}));
  BOOST_TEST(rule_order_json(order) ==
             R"({"mode":"clipped","confidence_max":0.5,"reason":"unsure","for":"5400000ms"})");
  order = {rule_mode::disabled, 0.5, "noisy"};
  order.until = noon + 1h;
  BOOST_TEST(
      (state_of(order, "ann", noon) == rule_state{rule_mode::disabled, 1, "noisy", "ann", noon, noon + 1h}));
  BOOST_TEST(rule_order_json(order) ==
             R"({"mode":"disabled","reason":"noisy","expires_at":"2026-11-21T13:00:00.000Z"})");
  BOOST_TEST(rule_order_json({}) == R"({"mode":"enabled"})");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_an_answer_is_named) {
  BOOST_TEST(contains(complaint(read_rule_facts, R"({"state":{"mode":"enabled"}})"), "id"));
  BOOST_TEST(contains(complaint(read_rule_facts, R"({"id":"a"})"), "state"));
  BOOST_TEST(contains(complaint(read_rule_facts, R"({"id":"a","state":{"mode":"asleep"}})"), "mode"));
  BOOST_TEST(
      contains(complaint(read_rule_facts, R"({"id":"a","state":{"mode":"enabled","at":"noon"}})"), "at"));
  BOOST_TEST(contains(
      complaint(read_rule_change, R"({"id":1,"at":"2026-11-21T12:00:00.000Z","kind":"moved","rule":"a"})"),
      "kind"));
  BOOST_TEST(contains(complaint(read_rule_present, R"({"rule":"a"})"), "state"));
}

BOOST_AUTO_TEST_SUITE_END()
