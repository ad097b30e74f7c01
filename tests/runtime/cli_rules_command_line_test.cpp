#include "runtime/cli/command_line.hpp"
#include "runtime/cli/exit_status.hpp"
#include "tests/runtime/cli_parsing.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

rules_arguments parse_rules(std::vector<const char*> words) {
  words.insert(words.begin(), "rules");
  return parse_as<rules_arguments>(words);
}

template <class Action>
Action parse_action(const std::vector<const char*>& words) {
  return std::get<Action>(parse_rules(words).action);
}

bool is_usage_error(std::vector<const char*> words) {
  words.insert(words.begin(), "rules");
  const auto parsed = parse_words(words);
  const auto* const answer = std::get_if<cli_answer>(&parsed);
  return answer != nullptr && answer->status == exit_status::usage;
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_rules_command_line)

BOOST_AUTO_TEST_CASE(rules_are_in_one_place) {
  BOOST_TEST(parse_rules({"list", "--rules", "dir"}).directory == "dir");
  BOOST_TEST(parse_rules({"list", "--db", "x.db"}).database == "x.db");
  BOOST_TEST(parse_rules({"list", "--url", "http://host", "--token-file", "t"}).server.url == "http://host");
  BOOST_TEST(is_usage_error({"list", "--rules", "dir", "--db", "x.db"}));
  BOOST_TEST(is_usage_error({"list", "--rules", "dir", "--url", "http://host"}));
  BOOST_TEST(is_usage_error({"list", "--db", "x.db", "--url", "http://host"}));
}

BOOST_AUTO_TEST_CASE(a_rule_is_disabled_with_a_reason_and_perhaps_an_end) {
  const auto order = parse_action<rules_order_arguments>(
      {"disable", "ssh.wget", "--reason", "noisy", "--for", "1h30m", "--by", "ann"});
  BOOST_TEST((order.mode == rule_mode::disabled));
  BOOST_TEST(order.rule == "ssh.wget");
  BOOST_TEST(order.reason == "noisy");
  BOOST_TEST((order.lasts.value() == 90min));
  BOOST_TEST(order.by == "ann");
  BOOST_TEST(
      parse_action<rules_order_arguments>({"disable", "a", "--reason", "x", "--until", "2030-01-01"}).until ==
      "2030-01-01");
  BOOST_TEST(is_usage_error({"disable", "a"}));
  BOOST_TEST(is_usage_error({"disable", "--reason", "x"}));
  BOOST_TEST(is_usage_error({"disable", "a", "--reason", "x", "--for", "soon"}));
  BOOST_TEST(is_usage_error({"disable", "a", "--reason", "x", "--for", "0s"}));
  BOOST_TEST(is_usage_error({"disable", "a", "--reason", "x", "--until", "tomorrow"}));
  BOOST_TEST(is_usage_error({"disable", "a", "--reason", "x", "--for", "1h", "--until", "2030-01-01"}));
}

BOOST_AUTO_TEST_CASE(a_rule_is_clipped_to_a_ceiling_from_0_to_1) {
  const auto order = parse_action<rules_order_arguments>({"clip", "a", "--max", "0.5", "--reason", "x"});
  BOOST_TEST((order.mode == rule_mode::clipped));
  BOOST_TEST(order.confidence_max == 0.5);
  BOOST_TEST(!order.lasts);
  BOOST_TEST(is_usage_error({"clip", "a", "--reason", "x"}));
  BOOST_TEST(is_usage_error({"clip", "a", "--max", "7.5", "--reason", "x"}));
  BOOST_TEST(is_usage_error({"clip", "a", "--max", "-0.1", "--reason", "x"}));
  BOOST_TEST(is_usage_error({"clip", "a", "--max", "0.5"}));
}

BOOST_AUTO_TEST_CASE(enabling_needs_no_reason_and_has_no_end) {
  BOOST_TEST((parse_action<rules_order_arguments>({"enable", "a"}).mode == rule_mode::enabled));
  BOOST_TEST(is_usage_error({"enable", "a", "--for", "1h"}));
  BOOST_TEST(is_usage_error({"enable", "a", "--max", "0.5"}));
}

BOOST_AUTO_TEST_CASE(changes_are_followed_from_somewhere_to_somewhere) {
  const auto plain = parse_action<rules_tail_arguments>({"tail"});
  BOOST_TEST(!plain.snapshot);
  BOOST_TEST(!plain.since);
  BOOST_TEST(!plain.count);
  BOOST_TEST(!plain.until_idle);
  const auto all =
      parse_action<rules_tail_arguments>({"tail", "--since", "41", "--count", "3", "--until-idle"});
  BOOST_TEST(all.since.value() == 41u);
  BOOST_TEST(all.count.value() == 3u);
  BOOST_TEST(all.until_idle);
  BOOST_TEST(parse_action<rules_tail_arguments>({"tail", "--snapshot"}).snapshot);
  BOOST_TEST(is_usage_error({"tail", "--snapshot", "--since", "1"}));
  BOOST_TEST(is_usage_error({"tail", "--count", "0"}));
  BOOST_TEST(is_usage_error({"tail", "--since", "-1"}));
}

BOOST_AUTO_TEST_CASE(checking_asks_a_server_only_when_told_to) {
  BOOST_TEST(parse_action<rules_validate_arguments>({"validate", "dir"}).path == "dir");
  BOOST_TEST(parse_rules({"validate", "dir"}).server.url == "");
  BOOST_TEST(parse_rules({"validate", "dir", "--url", "http://host"}).server.url == "http://host");
  BOOST_TEST(is_usage_error({"validate"}));
  BOOST_TEST(is_usage_error({"validate", "--url", "http://host"}));
}

BOOST_AUTO_TEST_CASE(copying_is_of_a_directory_into_a_database_or_a_servers_own_affair) {
  const auto sync = parse_rules({"sync", "dir", "--db", "x.db", "--by", "ann"});
  BOOST_TEST(sync.database == "x.db");
  BOOST_TEST(std::get<rules_sync_arguments>(sync.action).directory == "dir");
  BOOST_TEST(std::get<rules_sync_arguments>(sync.action).by == "ann");
  const auto servers = parse_rules({"sync", "--url", "http://host"});
  BOOST_TEST(servers.server.url == "http://host");
  BOOST_TEST(std::get<rules_sync_arguments>(servers.action).directory == "");
  BOOST_TEST(is_usage_error({"sync", "--db", "x.db"}));
  BOOST_TEST(is_usage_error({"sync", "dir", "--url", "http://host"}));
  BOOST_TEST(is_usage_error({"sync", "dir", "--db", "x.db", "--url", "http://host"}));
}

BOOST_AUTO_TEST_CASE(completion_knows_the_commands) {
  const auto tree = describe_command_line();
  const auto group = std::find_if(tree.subcommands.begin(), tree.subcommands.end(),
                                  [](const command_tree& one) { return one.name == "rules"; });
  BOOST_REQUIRE(group != tree.subcommands.end());
  std::vector<std::string> names;
  for (const auto& each : group->subcommands)
    names.push_back(each.name);
  const std::vector<std::string> expected{"list",   "show", "validate", "disable",
                                          "enable", "clip", "sync",     "tail"};
  BOOST_TEST(names == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
