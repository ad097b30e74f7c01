#include "runtime/cli/http_error.hpp"
#include "runtime/cli/rules_commands.hpp"
#include "runtime/wire/rules_json.hpp"
#include "tests/runtime/scripted_rules_client.hpp"
#include "tests/support/matchers.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>
#include <string>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

const utc_time noon = parse_utc_time("2026-11-21T12:00:00.000Z").value();

/// A client and streams around one command.
struct rules_command_scene {
  scripted_rules_client client;
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  cli_streams streams{in, out, err};
  bool json = false;

  rules_command_scene() {
    streams.environment = [](std::string_view name) {
      return name == "USER" ? std::optional<std::string>("ada") : std::nullopt;
    };
  }
  template <class Arguments>
  int run(const Arguments& arguments) {
    return carry_out(arguments, rules_scene{client, streams, json, [] { return noon; }});
  }
};

rule_facts clipped_rule() {
  rule_facts facts{"b", 12, "B"};
  facts.state = {rule_mode::clipped, 0.25, "too \x1b[31m noisy", "ann", noon, noon + 1h};
  return facts;
}

rule_finding wrong_file() {
  return {"rules/c.yaml", {finding::level::error, "BAD_VALUE", "match.pattern", "missing )", {5, 9}}};
}

rule_change_row change(std::int64_t id, rule_change_kind kind) {
  return {id, noon, kind, "a", "ann"};
}

std::exception_ptr trouble(unsigned status) {
  return std::make_exception_ptr(http_error(status, "some_code", "some text"));
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_rules_commands)

BOOST_FIXTURE_TEST_CASE(a_list_is_a_table_and_findings_stand_beside_it, rules_command_scene) {
  client.all.rules = {rule_facts{"a", 1, "A"}, clipped_rule(), rule_facts{"gone"}};
  client.all.findings = {{wrong_file()}, 0};
  BOOST_TEST(run(rules_list_arguments{}) == 0);
  BOOST_TEST(out.str() == "RULE  VERSION  MODE     CEILING  EXPIRES               REASON\n"
                          "a           1  enabled        -  -                     -\n"
                          "b          12  clipped     0.25  2026-11-21T13:00:00Z  too ?[31m noisy\n"
                          "gone        -  enabled        -  -                     -\n");
  BOOST_TEST(err.str() == "rules/c.yaml:5:9: error: match.pattern: missing ) [BAD_VALUE]\n");
}

BOOST_FIXTURE_TEST_CASE(findings_that_were_left_out_are_counted, rules_command_scene) {
  client.all.findings = {{wrong_file()}, 12'345};
  run(rules_list_arguments{});
  BOOST_TEST(err.str() == "rules/c.yaml:5:9: error: match.pattern: missing ) [BAD_VALUE]\n"
                          "and 12,345 more findings\n");
}

BOOST_FIXTURE_TEST_CASE(hits_are_shown_where_somebody_counts_them, rules_command_scene) {
  client.all.rules = {rule_facts{"a", 1, "A"}};
  client.all.rules[0].hits = 1234567;
  run(rules_list_arguments{});
  BOOST_TEST(contains(out.str(), "CEILING       HITS  EXPIRES"), out.str());
  BOOST_TEST(contains(out.str(), "1,234,567"), out.str());
}

BOOST_FIXTURE_TEST_CASE(elsewhere_a_list_is_json_lines, rules_command_scene) {
  client.all.rules = {rule_facts{"a", 1, "A"}, clipped_rule()};
  json = true;
  run(rules_list_arguments{});
  BOOST_TEST(out.str() == rule_json(client.all.rules[0]) + "\n" + rule_json(client.all.rules[1]) + "\n");
}

BOOST_FIXTURE_TEST_CASE(an_order_says_who_why_and_how_long, rules_command_scene) {
  client.all.rules = {clipped_rule()};
  rules_order_arguments order{"b", rule_mode::clipped, 0.25, "noisy"};
  order.lasts = 1h;
  BOOST_TEST(run(order) == 0);
  BOOST_TEST(client.ordered_by == "ada");
  BOOST_TEST((client.ordered->mode == rule_mode::clipped));
  BOOST_TEST(client.ordered->reason == "noisy");
  BOOST_TEST((client.ordered->lasts.value() == 1h));
  BOOST_TEST(!client.ordered->until);
  BOOST_TEST(contains(out.str(), "b          12  clipped"), out.str());
}

BOOST_FIXTURE_TEST_CASE(an_end_may_be_a_moment_or_counted_from_now, rules_command_scene) {
  client.all.rules = {clipped_rule()};
  rules_order_arguments order{"b", rule_mode::disabled, 1, "noisy"};
  order.until = "2026-11-22";
  run(order);
  BOOST_TEST((client.ordered->until.value() == parse_utc_time("2026-11-22T00:00:00.000Z").value()));
  order.until = "10m";
  run(order);
  BOOST_TEST((client.ordered->until.value() == noon + 10min));
}

BOOST_FIXTURE_TEST_CASE(a_server_knows_who_asks, rules_command_scene) {
  client.is_server = true;
  client.all.rules = {clipped_rule()};
  run(rules_order_arguments{"b", rule_mode::enabled});
  BOOST_TEST(client.ordered_by == "");
}

BOOST_FIXTURE_TEST_CASE(tail_prints_the_present_and_then_so_many_changes, rules_command_scene) {
  client.present = {{"a", "rule_id: [", clipped_rule().state}, {"b", {}, {}}};
  client.to_come.push_back(std::vector{change(7, rule_change_kind::removed)});
  client.to_come.push_back(std::vector<rule_change_row>{});
  client.to_come.push_back(
      std::vector{change(8, rule_change_kind::expired), change(9, rule_change_kind::removed)});
  rules_tail_arguments tail;
  tail.snapshot = true;
  tail.count = 2;
  BOOST_TEST(run(tail) == 0);
  BOOST_TEST(out.str() ==
             "                                    present  a  in a form that this program cannot read, "
             "clipped to 0.25 until 2026-11-21T13:00:00Z by ann: too ?[31m noisy\n"
             "                                    present  b  no definition, enabled\n"
             "2026-11-21T12:00:00.000Z         7  removed  a\n"
             "2026-11-21T12:00:00.000Z         8  expired  a  enabled again\n");
}

BOOST_FIXTURE_TEST_CASE(without_a_snapshot_tail_begins_now_and_with_a_number_it_begins_there,
                        rules_command_scene) {
  client.present = {{"a", {}, {}}};
  rules_tail_arguments tail;
  tail.until_idle = true;
  run(tail);
  BOOST_TEST(client.began);
  BOOST_TEST(!client.followed_since);
  BOOST_TEST(out.str() == "");
  client.began = false;
  tail.since = 41;
  run(tail);
  BOOST_TEST(!client.began);
  BOOST_TEST(client.followed_since.value() == 41);
}

BOOST_FIXTURE_TEST_CASE(tail_asks_on_when_trouble_passes_and_says_so_once, rules_command_scene) {
  client.to_come.push_back(trouble(503));
  client.to_come.push_back(trouble(503));
  client.to_come.push_back(std::vector{change(7, rule_change_kind::removed)});
  rules_tail_arguments tail;
  tail.count = 1;
  json = true;
  BOOST_TEST(run(tail) == 0);
  BOOST_TEST(out.str() == rule_change_json(change(7, rule_change_kind::removed)) + "\n");
  BOOST_TEST(err.str() == "sluice: some text; asking again until it answers\nsluice: it answers again\n");
}

BOOST_FIXTURE_TEST_CASE(tail_tells_what_comes_to_be_wrong_and_what_is_mended, rules_command_scene) {
  const told_findings nothing;
  const told_findings something{{wrong_file()}, 0};
  client.wrong = {nothing, something, something, std::optional<told_findings>(), nothing};
  for (int looks = 0; looks < 5; ++looks)
    client.to_come.push_back(std::vector<rule_change_row>{});
  client.to_come.push_back(std::vector{change(7, rule_change_kind::removed)});
  rules_tail_arguments tail;
  tail.count = 1;
  BOOST_TEST(run(tail) == 0);
  BOOST_TEST(out.str() == "2026-11-21T12:00:00.000Z            found    rules/c.yaml:5:9: error: "
                          "match.pattern: missing ) [BAD_VALUE]\n"
                          "2026-11-21T12:00:00.000Z            mended   rules/c.yaml:5:9: error: "
                          "match.pattern: missing ) [BAD_VALUE]\n"
                          "2026-11-21T12:00:00.000Z         7  removed  a\n");
}

BOOST_FIXTURE_TEST_CASE(what_was_wrong_when_tail_begins_is_part_of_the_present, rules_command_scene) {
  const told_findings something{{wrong_file()}, 0};
  rules_tail_arguments tail;
  tail.until_idle = true;
  json = true;
  client.wrong = {something};
  run(tail);
  BOOST_TEST(out.str() == "");
  client.wrong = {something};
  tail.snapshot = true;
  run(tail);
  BOOST_TEST(out.str() == R"({"at":"2026-11-21T12:00:00.000Z","kind":"found","finding":)" +
                              rule_finding_json(wrong_file()) + "}\n");
}

BOOST_FIXTURE_TEST_CASE(changes_are_not_lost_when_nobody_can_say_what_is_wrong, rules_command_scene) {
  client.to_come.push_back(std::vector{change(7, rule_change_kind::removed)});
  client.wrong.push_back(trouble(503));
  rules_tail_arguments tail;
  tail.count = 1;
  json = true;
  BOOST_TEST(run(tail) == 0);
  BOOST_TEST(out.str() == rule_change_json(change(7, rule_change_kind::removed)) + "\n");
}

BOOST_FIXTURE_TEST_CASE(tail_ends_with_what_does_not_pass, rules_command_scene) {
  client.to_come.push_back(trouble(410));
  BOOST_CHECK_THROW(run(rules_tail_arguments{}), http_error);
}

BOOST_FIXTURE_TEST_CASE(tail_ends_when_nobody_reads_it, rules_command_scene) {
  streams.reader_has_gone = [] { return true; };
  BOOST_TEST(run(rules_tail_arguments{}) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
