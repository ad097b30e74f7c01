#include "runtime/cli/command_line.hpp"
#include "runtime/cli/completion.hpp"
#include "runtime/cli/exit_status.hpp"
#include "tests/runtime/cli_parsing.hpp"
#include "tests/support/matchers.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace sluice;

namespace {

cli_answer answer(const std::vector<const char*>& words) {
  return std::get<cli_answer>(parse_words(words));
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_command_line)

BOOST_AUTO_TEST_CASE(run_has_defaults) {
  const auto run = parse_as<run_arguments>({"run", "f.yaml"});
  BOOST_TEST(run.file == "f.yaml");
  BOOST_TEST(run.assignments.empty());
  BOOST_TEST(!run.flow.summary);
  BOOST_TEST(!run.flow.log_format);
  BOOST_TEST(run.flow.listen == "");
  BOOST_TEST((run.flow.drain_timeout == defaults::drain_timeout));
  BOOST_TEST(!run.flow.quiet);
  BOOST_TEST(run.flow.workers == 0u);
  BOOST_TEST(run.flow.sharing);
  BOOST_TEST(run.flow.log_level == "warning");
}

BOOST_AUTO_TEST_CASE(run_takes_every_option) {
  const auto run = parse_as<run_arguments>(
      {"run",   "--summary",   "json",     "--listen",    "127.0.0.1:0", "--drain-timeout", "250ms",
       "--set", "a.b=1",       "-",        "--set",       "c=[1, 2]",    "--quiet",         "--workers",
       "3",     "--scheduler", "stealing", "--log-level", "debug",       "--log-format",    "json"});
  BOOST_TEST(run.file == "-");
  BOOST_TEST(run.flow.summary.value_or("") == "json");
  BOOST_TEST(run.flow.listen == "127.0.0.1:0");
  BOOST_TEST((run.flow.drain_timeout == std::chrono::milliseconds{250}));
  BOOST_TEST(run.assignments == (std::vector<std::string>{"a.b=1", "c=[1, 2]"}),
             boost::test_tools::per_element());
  BOOST_TEST(run.flow.quiet);
  BOOST_TEST(run.flow.workers == 3u);
  BOOST_TEST(!run.flow.sharing);
  BOOST_TEST(run.flow.log_level == "debug");
  BOOST_TEST(run.flow.log_format.value_or("") == "json");
}

BOOST_AUTO_TEST_CASE(a_set_does_not_swallow_the_file) {
  const auto run = parse_as<run_arguments>({"run", "--set", "a=1", "f.yaml"});
  BOOST_TEST(run.file == "f.yaml");
  BOOST_TEST(run.assignments.size() == 1u);
}

BOOST_AUTO_TEST_CASE(wrong_command_lines_are_usage_errors) {
  const std::vector<std::vector<const char*>> wrong{{"run"},
                                                    {"run", "a", "b"},
                                                    {"run", "a", "--summary", "xml"},
                                                    {"run", "a", "--drain-timeout", "soon"},
                                                    {"run", "a", "--workers", "0"},
                                                    {"run", "a", "--workers", "many"},
                                                    {"run", "a", "--no-such-option"},
                                                    {"run", "a", "--scheduler", "fair"},
                                                    {"validate"},
                                                    {"graph", "a", "--format", "svg"},
                                                    {"completion"},
                                                    {"completion", "csh"},
                                                    {"--no-such-option"}};
  for (const auto& words : wrong) {
    const auto said = answer(words);
    BOOST_TEST(said.status == exit_status::usage);
    BOOST_TEST(said.out == "");
    BOOST_TEST(contains(said.err, "sluice: "));
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_command_gets_a_suggestion) {
  const auto said = answer({"vaildate", "x"});
  BOOST_TEST(said.status == exit_status::usage);
  BOOST_TEST(said.err ==
             "sluice: unknown command 'vaildate' (did you mean 'validate'?)\nTry 'sluice --help'.\n");
}

BOOST_AUTO_TEST_CASE(an_unknown_option_is_named_before_its_value_and_gets_a_suggestion) {
  const auto said = [](const std::vector<const char*>& words) {
    const auto wrong = answer(words);
    BOOST_TEST(wrong.status == exit_status::usage);
    return wrong.err.substr(0, wrong.err.find('\n'));
  };
  const std::string meant = "sluice: unknown option '--sumary' (did you mean '--summary'?)";
  BOOST_TEST(said({"run", "a", "--sumary", "json"}) == meant);
  BOOST_TEST(said({"run", "--sumary", "json", "a"}) == meant);
  BOOST_TEST(said({"run", "a", "--sumary=json"}) == meant);
  BOOST_TEST(said({"run", "a", "-summary"}) ==
             "sluice: unknown option '-summary' (did you mean '--summary'?)");
  BOOST_TEST(said({"run", "a", "--drain", "1s"}) ==
             "sluice: unknown option '--drain' (did you mean '--drain-timeout'?)");
  BOOST_TEST(said({"run", "a", "--zebra"}) == "sluice: unknown option '--zebra'");
  BOOST_TEST(said({"run", "--quite"}) == "sluice: unknown option '--quite' (did you mean '--quiet'?)");
  BOOST_TEST(said({"run"}) == "sluice: FILE is required");
  BOOST_TEST(said({"run", "a", "b"}) == "sluice: unexpected argument 'b'");
  BOOST_TEST(said({"--versoin"}) == "sluice: unknown option '--versoin' (did you mean '--version'?)");
}

BOOST_AUTO_TEST_CASE(an_address_to_listen_on_is_checked_with_the_command_line) {
  for (const auto* wrong : {":9464", "127.0.0.1", "127.0.0.1:99999", "foo:1", "nonsense", ""}) {
    const auto said = answer({"run", "a", "--listen", wrong});
    BOOST_TEST(said.status == exit_status::usage, wrong);
    BOOST_TEST(contains(said.err, "[cannot_listen]"), said.err);
  }
  BOOST_TEST(contains(answer({"run", "a", "--listen", "0.0.0.0:1"}).err, "[not_loopback]"));
  BOOST_TEST(parse_as<run_arguments>({"run", "a", "--listen", "[::1]:0"}).flow.listen == "[::1]:0");
}

BOOST_AUTO_TEST_CASE(no_command_prints_the_help_as_an_error) {
  const auto said = answer({});
  BOOST_TEST(said.status == exit_status::usage);
  BOOST_TEST(contains(said.err, "validate"));
}

BOOST_AUTO_TEST_CASE(help_goes_to_stdout) {
  const auto all = answer({"--help"});
  BOOST_TEST(all.status == exit_status::success);
  for (const std::string command :
       {"run", "validate", "graph", "nodes", "demo", "runs", "lanes", "db", "completion"})
    BOOST_TEST(contains(all.out, "  " + command + " "));
  const auto one = answer({"run", "--help"});
  BOOST_TEST(one.status == exit_status::success);
  BOOST_TEST(contains(one.out, "--drain-timeout"));
  BOOST_TEST(!contains(all.out, "--drain-timeout"));
}

BOOST_AUTO_TEST_CASE(the_version_goes_to_stdout) {
  const auto said = answer({"--version"});
  BOOST_TEST(said.status == exit_status::success);
  BOOST_TEST(said.out == version_text() + "\n");
}

BOOST_AUTO_TEST_CASE(completions_know_every_command_option_and_value) {
  const auto root = describe_command_line();
  BOOST_TEST(root.subcommands.size() == 16u);
  for (const auto& script : {bash_completion(root), zsh_completion(root), fish_completion(root)}) {
    for (const auto& command : root.subcommands) {
      BOOST_TEST(contains(script, command.name));
      for (const auto& option : command.options)
        for (const auto& name : option.names)
          BOOST_TEST(contains(script, name.substr(name.find_first_not_of('-'))));
    }
    BOOST_TEST(contains(script, "sharing stealing"));
    BOOST_TEST(contains(script, "bash zsh fish"));
  }
}

BOOST_AUTO_TEST_CASE(flags_take_no_value_in_completions) {
  for (const auto& command : describe_command_line().subcommands)
    for (const auto& option : command.options)
      if (option.names.front() == "--quiet" || option.names.front() == "--help")
        BOOST_TEST(!option.takes_value);
}

BOOST_AUTO_TEST_CASE(the_first_exit_status_that_applies_wins) {
  using exit_status::of_flow;
  BOOST_TEST(of_flow(flow_status::finished, false, std::nullopt) == 0);
  BOOST_TEST(of_flow(flow_status::finished, true, std::nullopt) == 3);
  BOOST_TEST(of_flow(flow_status::failed, false, std::nullopt) == 1);
  BOOST_TEST(of_flow(flow_status::failed, true, std::nullopt) == 1);
  BOOST_TEST(of_flow(flow_status::aborted, false, 15) == 143);
  BOOST_TEST(of_flow(flow_status::aborted, true, 2) == 130);
  BOOST_TEST(of_flow(flow_status::aborted, false, std::nullopt) == 1);
  BOOST_TEST(of_flow(flow_status::aborted, true, std::nullopt) == 3);
  // The second signal came when the flow had ended by itself.
  BOOST_TEST(of_flow(flow_status::finished, false, 15) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
