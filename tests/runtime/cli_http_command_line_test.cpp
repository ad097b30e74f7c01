#include "runtime/cli/command_line.hpp"
#include "runtime/cli/exit_status.hpp"
#include "tests/runtime/cli_parsing.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <vector>

using namespace sluice;

namespace {

constexpr const char* some_id = "019aa5a3-7b1c-7000-8000-000000000001";

template <class Action>
Action parse_flows(std::vector<const char*> words) {
  words.insert(words.begin(), "flows");
  return std::get<Action>(parse_as<flows_arguments>(words).action);
}

bool is_usage_error(const std::vector<const char*>& words) {
  const auto parsed = parse_words(words);
  const auto* const answer = std::get_if<cli_answer>(&parsed);
  return answer != nullptr && answer->status == exit_status::usage;
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_http_command_line)

BOOST_AUTO_TEST_CASE(a_server_is_named_with_its_token_and_certificates) {
  const auto all = parse_as<runs_arguments>({"runs", "list", "--url", "https://host", "--token-file", "t",
                                             "--ca-file", "ca.pem", "--output", "table"});
  BOOST_TEST(all.server.url == "https://host");
  BOOST_TEST(all.server.token_file == "t");
  BOOST_TEST(all.server.ca_file == "ca.pem");
  BOOST_TEST(!all.json.value());
  BOOST_TEST(parse_as<lanes_arguments>({"lanes", "list", "--url", "http://host"}).server.url ==
             "http://host");
}

BOOST_AUTO_TEST_CASE(a_database_and_a_server_exclude_each_other) {
  BOOST_TEST(is_usage_error({"runs", "list", "--url", "http://host", "--db", "x.db"}));
  BOOST_TEST(is_usage_error({"lanes", "list", "--db", "x.db", "--url", "http://host"}));
}

BOOST_AUTO_TEST_CASE(a_token_cannot_be_given_on_the_command_line) {
  BOOST_TEST(is_usage_error({"runs", "list", "--url", "http://host", "--token", "secret"}));
}

BOOST_AUTO_TEST_CASE(json_may_be_asked_for_in_two_ways) {
  BOOST_TEST(!parse_as<runs_arguments>({"runs", "list"}).json.has_value());
  BOOST_TEST(parse_as<runs_arguments>({"runs", "list", "--json"}).json.value());
  BOOST_TEST(parse_as<runs_arguments>({"runs", "list", "--output", "json"}).json.value());
  BOOST_TEST(!parse_as<runs_arguments>({"runs", "list", "--output", "text"}).json.value());
  BOOST_TEST(is_usage_error({"runs", "list", "--json", "--output", "table"}));
  BOOST_TEST(is_usage_error({"runs", "list", "--output", "xml"}));
}

BOOST_AUTO_TEST_CASE(following_is_asked_for) {
  BOOST_TEST(
      std::get<runs_submit_arguments>(parse_as<runs_arguments>({"runs", "submit", "f", "--follow"}).action)
          .follow);
  BOOST_TEST(
      std::get<runs_show_arguments>(parse_as<runs_arguments>({"runs", "show", some_id, "--follow"}).action)
          .follow);
}

BOOST_AUTO_TEST_CASE(leases_are_listed_and_released) {
  const auto list = parse_as<leases_arguments>({"leases", "list", "--limit", "7"});
  BOOST_TEST(std::get<leases_list_arguments>(list.action).limit == 7u);
  const auto release = parse_as<leases_arguments>({"leases", "release", some_id, "--url", "http://host"});
  BOOST_TEST((std::get<leases_release_arguments>(release.action).run == parse_uuid(some_id)));
  BOOST_TEST(is_usage_error({"leases", "release"}));
  BOOST_TEST(is_usage_error({"leases", "release", "no-id"}));
}

BOOST_AUTO_TEST_CASE(the_audit_is_listed) {
  const auto list = parse_as<audit_arguments>({"audit", "list", "--since", "41", "--limit", "3", "--json"});
  BOOST_TEST(list.since == 41u);
  BOOST_TEST(list.limit == 3u);
  BOOST_TEST(list.json.value());
}

BOOST_AUTO_TEST_CASE(flows_are_started_and_steered) {
  const auto start = parse_flows<flows_start_arguments>({"start", "-", "--name", "mine"});
  BOOST_TEST(start.file == "-");
  BOOST_TEST(start.name == "mine");
  const auto stop = parse_flows<flows_order_arguments>({"stop", some_id, "--drain-timeout", "5s"});
  BOOST_TEST(stop.order == "stop");
  BOOST_TEST(stop.drain_timeout == "5s");
  BOOST_TEST(stop.flow == some_id);
  BOOST_TEST(parse_flows<flows_order_arguments>({"pause", "by its name"}).flow == "by its name");
  BOOST_TEST(parse_flows<flows_order_arguments>({"pause", some_id}).order == "pause");
  BOOST_TEST(parse_flows<flows_order_arguments>({"resume", some_id}).order == "resume");
  const auto control = parse_flows<flows_control_arguments>({"control", some_id, "slow", "{\"rate\":5}"});
  BOOST_TEST(control.node == "slow");
  BOOST_TEST(control.payload == "{\"rate\":5}");
  const auto edge = parse_flows<flows_set_edge_arguments>(
      {"set-edge", some_id, "a.out->b.in", "--capacity", "16", "--priority", "high"});
  BOOST_TEST(edge.edge == "a.out->b.in");
  BOOST_TEST(edge.capacity.value() == 16u);
  BOOST_TEST(edge.priority == "high");
}

BOOST_AUTO_TEST_CASE(orders_to_flows_that_say_too_little_or_nonsense_are_refused) {
  BOOST_TEST(is_usage_error({"flows", "set-edge", some_id, "a->b"}));
  BOOST_TEST(is_usage_error({"flows", "set-edge", some_id, "a->b", "--priority", "low"}));
  BOOST_TEST(is_usage_error({"flows", "set-edge", some_id, "a->b", "--capacity", "0"}));
  BOOST_TEST(is_usage_error({"flows", "stop", some_id, "--drain-timeout", "soon"}));
  BOOST_TEST(is_usage_error({"flows", "start"}));
}

BOOST_AUTO_TEST_CASE(top_has_an_interval_within_bounds) {
  BOOST_TEST((parse_as<top_arguments>({"top"}).interval == std::chrono::seconds{1}));
  const auto once = parse_as<top_arguments>({"top", "--once", "--interval", "250ms", "--url", "http://host"});
  BOOST_TEST(once.once);
  BOOST_TEST((once.interval == std::chrono::milliseconds{250}));
  BOOST_TEST(once.server.url == "http://host");
  BOOST_TEST(is_usage_error({"top", "--interval", "1ms"}));
  BOOST_TEST(is_usage_error({"top", "--interval", "2h"}));
}

BOOST_AUTO_TEST_SUITE_END()
