#include "runtime/cli/command_line.hpp"
#include "runtime/cli/completion.hpp"
#include "runtime/cli/exit_status.hpp"
#include "tests/runtime/cli_parsing.hpp"
#include "tests/support/matchers.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

using namespace sluice;

namespace {

constexpr const char* some_run = "019aa5a3-7b1c-7000-8000-000000000001";

template <class Action>
Action parse_runs(std::vector<const char*> words) {
  words.insert(words.begin(), "runs");
  return std::get<Action>(parse_as<runs_arguments>(words).action);
}

std::string usage_error(const std::vector<const char*>& words) {
  const auto answer = std::get<cli_answer>(parse_words(words));
  BOOST_TEST(answer.status == exit_status::usage);
  BOOST_TEST(answer.out == "");
  return answer.err.substr(0, answer.err.find('\n'));
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_runs_command_line)

BOOST_AUTO_TEST_CASE(submit_has_defaults) {
  const auto all = parse_as<runs_arguments>({"runs", "submit", "g.yaml"});
  BOOST_TEST(all.database == "");
  BOOST_TEST(!all.json.has_value());
  const auto submit = std::get<runs_submit_arguments>(all.action);
  BOOST_TEST(submit.file == "g.yaml");
  BOOST_TEST(submit.env == "default");
  BOOST_TEST(submit.lane == "default");
  BOOST_TEST(submit.priority == 0);
  BOOST_TEST(!submit.key);
  BOOST_TEST(!submit.parent);
  BOOST_TEST(submit.params + submit.at + submit.by + submit.mode + submit.job_type == "");
}

BOOST_AUTO_TEST_CASE(submit_takes_every_option) {
  const auto all = parse_as<runs_arguments>(
      {"runs",       "submit", "-",      "--db", "x.db",     "--env",      "prod",       "--lane",   "builds",
       "--job-type", "build",  "--mode", "dry",  "--params", "{\"a\": 1}", "--priority", "-5",       "--at",
       "10m",        "--key",  "k 1",    "--by", "me",       "--parent",   some_run,     "--output", "json"});
  BOOST_TEST(all.database == "x.db");
  BOOST_TEST(all.json.value_or(false));
  const auto submit = std::get<runs_submit_arguments>(all.action);
  BOOST_TEST(submit.file == "-");
  BOOST_TEST(submit.env == "prod");
  BOOST_TEST(submit.lane == "builds");
  BOOST_TEST(submit.job_type == "build");
  BOOST_TEST(submit.mode == "dry");
  BOOST_TEST(submit.params == "{\"a\": 1}");
  BOOST_TEST(submit.priority == -5);
  BOOST_TEST(submit.at == "10m");
  BOOST_TEST(submit.key.value_or("") == "k 1");
  BOOST_TEST(submit.by == "me");
  BOOST_REQUIRE(submit.parent);
  BOOST_TEST(to_string(*submit.parent) == some_run);
}

BOOST_AUTO_TEST_CASE(list_restricts) {
  const auto none = parse_runs<runs_list_arguments>({"list"});
  BOOST_TEST(none.env + none.lane + none.job_type + none.since == "");
  BOOST_TEST(!none.status);
  BOOST_TEST(none.limit == 100u);
  BOOST_TEST(none.before.empty());
  const auto list = parse_runs<runs_list_arguments>({"list", "--env", "e", "--lane", "l", "--status",
                                                     "failed", "--job-type", "t", "--since", "1h", "--limit",
                                                     "7", "--before", some_run});
  BOOST_TEST(list.env == "e");
  BOOST_TEST(list.lane == "l");
  BOOST_TEST((list.status == run_status::failed));
  BOOST_TEST(list.job_type == "t");
  BOOST_TEST(list.since == "1h");
  BOOST_TEST(list.limit == 7u);
  BOOST_TEST(to_string(list.before) == some_run);
}

BOOST_AUTO_TEST_CASE(events_are_of_one_run_or_of_all) {
  const auto one = parse_runs<runs_events_arguments>({"events", some_run, "--since", "3", "--limit", "5"});
  BOOST_REQUIRE(one.run);
  BOOST_TEST(to_string(*one.run) == some_run);
  BOOST_TEST(one.since == 3u);
  BOOST_TEST(one.limit.value_or(0) == 5u);
  BOOST_TEST(!one.follow);
  const auto all = parse_runs<runs_events_arguments>({"events", "--all", "--follow"});
  BOOST_TEST(!all.run);
  BOOST_TEST(all.follow);
  BOOST_TEST(usage_error({"runs", "events"}) == "sluice: RUN or --all is required");
  BOOST_TEST(contains(usage_error({"runs", "events", some_run, "--all"}), "excludes"));
}

BOOST_AUTO_TEST_CASE(each_order_is_a_command_of_its_name) {
  for (const auto* name : {"pause", "resume", "cancel", "intervene", "fail"}) {
    const auto order =
        parse_runs<runs_order_arguments>({name, some_run, "--reason", "because", "--by", "me"});
    BOOST_TEST(to_string(order.command) == name);
    BOOST_TEST(to_string(order.run) == some_run);
    BOOST_TEST(order.reason == "because");
    BOOST_TEST(order.by == "me");
  }
  const auto retry = parse_runs<runs_retry_arguments>({"retry", some_run});
  BOOST_TEST(to_string(retry.run) == some_run);
  BOOST_TEST(to_string(parse_runs<runs_show_arguments>({"show", some_run}).run) == some_run);
}

BOOST_AUTO_TEST_CASE(work_has_the_documented_defaults) {
  const auto work = parse_runs<runs_work_arguments>({"work"});
  BOOST_TEST(work.lanes.empty());
  BOOST_TEST(!work.until_idle);
  BOOST_TEST(!work.enable);
  BOOST_TEST(work.parallel_runs == defaults::parallel_runs);
  BOOST_TEST(work.parallel_steps == defaults::parallel_steps);
  BOOST_TEST(!work.ticks);
  BOOST_TEST(!work.ticks_per_run);
  BOOST_TEST((work.lease_ttl == defaults::lease_ttl));
  BOOST_TEST((work.drain_timeout == std::chrono::seconds{30}));
  BOOST_TEST(defaults::parallel_runs == 64u, "the help says so");
  BOOST_TEST(defaults::parallel_steps == 4u, "the help says so");
  BOOST_TEST((defaults::lease_ttl == std::chrono::seconds{15}), "the help says so");
}

BOOST_AUTO_TEST_CASE(work_takes_every_option) {
  const auto work = parse_runs<runs_work_arguments>({"work",
                                                     "--lane",
                                                     "a",
                                                     "--lane",
                                                     "prod/b",
                                                     "--until-idle",
                                                     "--parallel",
                                                     "2",
                                                     "--parallel-steps",
                                                     "3",
                                                     "--max-ticks",
                                                     "10",
                                                     "--max-ticks-per-run",
                                                     "4",
                                                     "--lease-ttl",
                                                     "2s",
                                                     "--drain-timeout",
                                                     "1m",
                                                     "--enable",
                                                     "-q",
                                                     "--workers",
                                                     "3",
                                                     "--log-level",
                                                     "debug",
                                                     "--log-format",
                                                     "json"});
  BOOST_TEST(work.lanes == (std::vector<std::string>{"a", "prod/b"}), boost::test_tools::per_element());
  BOOST_TEST(work.until_idle);
  BOOST_TEST(work.parallel_runs == 2u);
  BOOST_TEST(work.parallel_steps == 3u);
  BOOST_TEST(work.ticks.value_or(0) == 10u);
  BOOST_TEST(work.ticks_per_run.value_or(0) == 4u);
  BOOST_TEST((work.lease_ttl == std::chrono::seconds{2}));
  BOOST_TEST((work.drain_timeout == std::chrono::minutes{1}));
  BOOST_TEST(work.enable);
  BOOST_TEST(work.quiet);
  BOOST_TEST(work.threads == 3u);
  BOOST_TEST(work.log_level == "debug");
  BOOST_TEST(work.log_format.value_or("") == "json");
}

BOOST_AUTO_TEST_CASE(lanes_are_switched_and_capped) {
  const auto off =
      parse_as<lanes_arguments>({"lanes", "disable", "prod/a", "--reason", "deploy", "--db", "x.db"});
  BOOST_TEST(off.database == "x.db");
  const auto switched = std::get<lanes_switch_arguments>(off.action);
  BOOST_TEST(!switched.enabled);
  BOOST_TEST(switched.lane == "prod/a");
  BOOST_TEST(switched.reason == "deploy");
  BOOST_TEST(
      std::get<lanes_switch_arguments>(parse_as<lanes_arguments>({"lanes", "enable", "a"}).action).enabled);
  const auto set = std::get<lanes_set_arguments>(
      parse_as<lanes_arguments>({"lanes", "set", "a", "--ticks-per-day", "5", "--concurrent-runs", "none"})
          .action);
  BOOST_REQUIRE(set.ticks_per_day);
  BOOST_TEST(set.ticks_per_day->value_or(0) == 5u);
  BOOST_REQUIRE(set.concurrent_runs);
  BOOST_TEST(!*set.concurrent_runs);
  const auto nothing = std::get<lanes_set_arguments>(parse_as<lanes_arguments>({"lanes", "set", "a"}).action);
  BOOST_TEST(!nothing.ticks_per_day);
  BOOST_TEST(std::get<lanes_show_arguments>(parse_as<lanes_arguments>({"lanes", "show", "a"}).action).lane ==
             "a");
  BOOST_TEST(
      std::holds_alternative<lanes_list_arguments>(parse_as<lanes_arguments>({"lanes", "list"}).action));
}

BOOST_AUTO_TEST_CASE(db_commands_name_their_file) {
  BOOST_TEST((parse_as<db_arguments>({"db", "migrate", "x.db"}).action == db_action::migrate));
  BOOST_TEST((parse_as<db_arguments>({"db", "check", "x.db"}).action == db_action::check));
  BOOST_TEST((parse_as<db_arguments>({"db", "vacuum", "x.db"}).action == db_action::vacuum));
  BOOST_TEST(!parse_as<db_arguments>({"db", "vacuum", "x.db"}).force);
  BOOST_TEST(parse_as<db_arguments>({"db", "vacuum", "x.db", "--force"}).force);
  const auto backup = parse_as<db_arguments>({"db", "backup", "x.db", "y.db", "--output", "json"});
  BOOST_TEST((backup.action == db_action::backup));
  BOOST_TEST(backup.file == "x.db");
  BOOST_TEST(backup.to == "y.db");
  BOOST_TEST(backup.json);
  BOOST_TEST(usage_error({"db", "backup", "x.db"}) == "sluice: TO is required");
}

BOOST_AUTO_TEST_CASE(wrong_command_lines_are_usage_errors) {
  const std::vector<std::vector<const char*>> wrong{{"runs", "submit"},
                                                    {"runs", "submit", "g", "--priority", "high"},
                                                    {"runs", "submit", "g", "--priority", "99999999999"},
                                                    {"runs", "submit", "g", "--at", "soon"},
                                                    {"runs", "submit", "g", "--env", "a b"},
                                                    {"runs", "submit", "g", "--parent", "none"},
                                                    {"runs", "submit", "g", "--output", "xml"},
                                                    {"runs", "list", "--status", "canceled"},
                                                    {"runs", "list", "--limit", "0"},
                                                    {"runs", "list", "--before", "019aa5a3"},
                                                    {"runs", "show"},
                                                    {"runs", "show", "019aa5a3"},
                                                    {"runs", "events", some_run, "--since", "-1"},
                                                    {"runs", "events", some_run, "--limit", "0"},
                                                    {"runs", "pause"},
                                                    {"runs", "tick", "--lane", "a/b"},
                                                    {"runs", "work", "--lane", "a/b/c"},
                                                    {"runs", "work", "--parallel", "0"},
                                                    {"runs", "work", "--max-ticks", "0"},
                                                    {"runs", "work", "--lease-ttl", "1ms"},
                                                    {"runs", "work", "--lease-ttl", "2h"},
                                                    {"runs", "work", "extra"},
                                                    {"lanes", "disable"},
                                                    {"lanes", "set", "a", "--ticks-per-day", "-1"},
                                                    {"lanes", "set", "a", "--ticks-per-day", "all"},
                                                    {"db", "check"},
                                                    {"db", "check", "x.db", "--force"}};
  for (const auto& words : wrong)
    BOOST_TEST(contains(usage_error(words), "sluice: "));
}

BOOST_AUTO_TEST_CASE(an_unknown_inner_command_or_option_gets_a_suggestion) {
  BOOST_TEST(usage_error({"runs", "sumbit", "g"}) ==
             "sluice: unknown command 'runs sumbit' (did you mean 'submit'?)");
  BOOST_TEST(usage_error({"runz", "list"}) == "sluice: unknown command 'runz' (did you mean 'run'?)");
  BOOST_TEST(usage_error({"runs", "list", "--stauts", "failed"}) ==
             "sluice: unknown option '--stauts' (did you mean '--status'?)");
}

BOOST_AUTO_TEST_CASE(a_group_alone_prints_its_help_as_an_error) {
  for (const auto* group : {"runs", "lanes", "db"}) {
    const auto said = std::get<cli_answer>(parse_words({group}));
    BOOST_TEST(said.status == exit_status::usage);
    BOOST_TEST(contains(said.err, "Subcommands:"));
  }
}

BOOST_AUTO_TEST_CASE(help_of_inner_commands_names_the_whole_way) {
  const auto group = std::get<cli_answer>(parse_words({"runs", "--help"}));
  BOOST_TEST(group.status == exit_status::success);
  for (const auto* name : {"submit", "list", "show", "events", "pause", "resume", "cancel", "intervene",
                           "fail", "retry", "tick", "work"})
    BOOST_TEST(contains(group.out, std::string("  ") + name + " "));
  const auto one = std::get<cli_answer>(parse_words({"runs", "submit", "--help"}));
  BOOST_TEST(one.status == exit_status::success);
  BOOST_TEST(contains(one.out, "sluice runs submit"), one.out);
  BOOST_TEST(contains(one.out, "--priority"));
}

BOOST_AUTO_TEST_CASE(completions_know_inner_commands_their_options_values_and_files) {
  const auto root = describe_command_line();
  const auto runs = std::find_if(root.subcommands.begin(), root.subcommands.end(),
                                 [](const command_tree& one) { return one.name == "runs"; });
  BOOST_REQUIRE((runs != root.subcommands.end()));
  BOOST_TEST(runs->subcommands.size() == 12u);
  for (const auto& command : runs->subcommands)
    for (const auto& option : command.options)
      if (option.names.front() == "--db")
        BOOST_TEST(option.takes_file);
  for (const auto& script : {bash_completion(root), zsh_completion(root), fish_completion(root)})
    for (const auto* word : {"intervene", "until-idle", "succeeded", "migrate", "ticks-per-day"})
      BOOST_TEST(contains(script, word), word);
  BOOST_TEST(contains(bash_completion(root), "'runs list:--db') mapfile -t COMPREPLY < <(compgen -f "));
  BOOST_TEST(contains(zsh_completion(root), "_sluice_runs_list()"));
  // `list` is a command of two groups.
  BOOST_TEST(contains(fish_completion(root),
                      "'__fish_seen_subcommand_from lanes; and __fish_seen_subcommand_from list' -l db"));
}

BOOST_AUTO_TEST_SUITE_END()
