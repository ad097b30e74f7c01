#include "nodes/io/child_process.hpp"
#include "nodes/io/exec_sink.hpp"
#include "nodes/io/exec_source.hpp"
#include "tests/nodes/io_temporary_folder.hpp"
#include "tests/support/node_harness.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace sluice;
using namespace std::chrono_literals;
using sluice::testing::node_harness;
using sluice::testing::temporary_folder;
using sluice::testing::text_message;
using strings = std::vector<std::string>;

namespace {

config_value given(const strings& command,
                   const std::vector<std::pair<std::string, std::string>>& scalars = {}) {
  std::vector<config_value> words;
  for (const auto& word : command)
    words.push_back(config_value::scalar(word));
  std::vector<config_value::member> members{{"command", {}, config_value::list(std::move(words))}};
  for (const auto& [name, value] : scalars)
    members.push_back({name, {}, config_value::scalar(value)});
  return config_value::map(std::move(members));
}

strings shell(const std::string& script) {
  return {"/bin/sh", "-c", script};
}

strings all_lines(node_harness& harness) {
  strings lines;
  for (auto said = produce_result::more; said == produce_result::more;) {
    said = harness.produce();
    auto some = harness.texts();
    lines.insert(lines.end(), some.begin(), some.end());
  }
  return lines;
}

strings next_lines(node_harness& harness, std::size_t count) {
  strings lines;
  while (lines.size() < count) {
    BOOST_TEST_REQUIRE((harness.produce() == produce_result::more));
    auto some = harness.texts();
    lines.insert(lines.end(), some.begin(), some.end());
  }
  return lines;
}

/// True when this process has no child left, running or zombie.
bool childless() {
  return ::waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD;
}

/// True once no process has the number; a grandchild is collected by init, which takes a moment.
bool is_gone(pid_t id) {
  while (::kill(id, 0) == 0) {
    // A container without an init keeps it as a zombie.
    std::ifstream in("/proc/" + std::to_string(id) + "/stat");
    std::string number;
    std::string name;
    std::string state;
    if (in >> number >> name >> state && state == "Z")
      return true;
  }
  return true;
}

} // namespace

BOOST_AUTO_TEST_SUITE(io_exec_source)

BOOST_AUTO_TEST_CASE(the_lines_of_a_command_become_messages) {
  node_harness harness(exec_source_type(), given({"printf", "one\\n\\ntwo words\\nrest"}));
  harness.start();
  BOOST_TEST(all_lines(harness) == (strings{"one", "", "two words", "rest"}),
             boost::test_tools::per_element());
  BOOST_TEST((harness.produce() == produce_result::done));
  BOOST_TEST(harness.failures().empty());
  harness.stop();
  BOOST_TEST(childless());
}

BOOST_AUTO_TEST_CASE(arguments_reach_the_command_unread_by_a_shell) {
  node_harness harness(exec_source_type(), given({"printf", "%s\\n", "$HOME; `id` *", ""}));
  harness.start();
  BOOST_TEST(all_lines(harness) == (strings{"$HOME; `id` *", ""}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(much_output_arrives_whole) {
  node_harness harness(exec_source_type(), given({"seq", "200000"}));
  harness.start();
  const auto lines = all_lines(harness);
  BOOST_TEST_REQUIRE(lines.size() == 200'000U);
  BOOST_TEST(lines.back() == "200000");
}

BOOST_AUTO_TEST_CASE(its_stdin_is_empty_and_its_signals_and_descriptors_are_fresh) {
  (void)::signal(SIGPIPE, SIG_IGN);
  node_harness harness(
      exec_source_type(),
      given(shell("cat; grep SigIgn /proc/self/status; grep SigBlk /proc/self/status; ls /proc/self/fd")));
  auto unrelated = make_pipe();
  harness.start();
  const auto lines = all_lines(harness);
  BOOST_TEST_REQUIRE(lines.size() >= 2U);
  // The C library leaves its own two, 32 and 33, ignored; the program's are the lower 31 bits.
  BOOST_TEST(lines[0].starts_with("SigIgn:"));
  BOOST_TEST((std::stoull(lines[0].substr(8), nullptr, 16) & 0x7fffffffU) == 0U);
  BOOST_TEST(lines[1] == "SigBlk:\t0000000000000000");
  // 0, 1, 2 and the one by which ls reads the folder.
  BOOST_TEST(lines.size() == 6U);
}

BOOST_AUTO_TEST_CASE(stderr_is_logged) {
  node_harness harness(exec_source_type(), given(shell("echo trouble >&2; echo fine; printf more >&2")));
  harness.start();
  BOOST_TEST(all_lines(harness) == strings{"fine"}, boost::test_tools::per_element());
  BOOST_TEST(harness.logged() == (strings{"command_stderr: trouble", "command_stderr: more"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(much_stderr_does_not_hold_the_output_up) {
  node_harness harness(exec_source_type(), given(shell("seq 100000 >&2; echo done")));
  harness.start();
  BOOST_TEST(all_lines(harness) == strings{"done"}, boost::test_tools::per_element());
  BOOST_TEST(harness.logged().size() == 100'000U);
}

BOOST_AUTO_TEST_CASE(a_status_other_than_zero_is_a_failure_that_names_it) {
  node_harness harness(exec_source_type(), given(shell("echo out; exit 3")));
  harness.start();
  BOOST_TEST(all_lines(harness) == strings{"out"}, boost::test_tools::per_element());
  const auto failed = harness.failures();
  BOOST_TEST_REQUIRE(failed.size() == 1U);
  BOOST_TEST(failed[0].code == "command_failed");
  BOOST_TEST(failed[0].text == "the command '/bin/sh' exited with status 3");
}

BOOST_AUTO_TEST_CASE(a_signal_is_a_failure_that_names_it) {
  node_harness harness(exec_source_type(), given(shell("kill -9 $$")));
  harness.start();
  (void)all_lines(harness);
  const auto failed = harness.failures();
  BOOST_TEST_REQUIRE(failed.size() == 1U);
  BOOST_TEST(failed[0].text.find("signal 9 (SIGKILL)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_command_that_does_not_exist_cannot_start) {
  node_harness harness(exec_source_type(), given({"no-such-command-here"}));
  BOOST_CHECK_EXCEPTION(harness.start(), error, [](const error& failed) {
    const std::string text = failed.what();
    return failed.code() == "cannot_start" && text.find("no-such-command-here") != std::string::npos &&
           text.find("No such file") != std::string::npos;
  });
  harness.stop();
  BOOST_TEST(childless());
}

BOOST_AUTO_TEST_CASE(an_empty_command_is_an_option_error) {
  BOOST_CHECK_THROW(node_harness(exec_source_type(), given({})), option_error);
  BOOST_CHECK_THROW(node_harness(exec_source_type(), given({""})), option_error);
  BOOST_CHECK_THROW(node_harness(exec_sink_type(), given({})), option_error);
}

BOOST_AUTO_TEST_CASE(restart_always_starts_again_after_the_delay) {
  node_harness harness(exec_source_type(),
                       given({"echo", "hi"}, {{"restart", "always"}, {"restart_delay", "5s"}}));
  harness.start();
  for (int round = 0; round < 3; ++round) {
    BOOST_TEST(all_lines(harness) == strings{"hi"}, boost::test_tools::per_element());
    BOOST_TEST((harness.produce() == produce_result::wait));
    harness.advance(4999ms);
    BOOST_TEST(harness.tick_pending());
    harness.advance(1ms);
    BOOST_TEST(!harness.tick_pending());
  }
  harness.stop();
  BOOST_TEST(childless());
}

BOOST_AUTO_TEST_CASE(restart_on_failure_stops_at_success) {
  temporary_folder dir;
  // Fails the first time only.
  const auto script = "test -e " + dir.file("flag") + " || { touch " + dir.file("flag") + "; exit 1; }";
  node_harness harness(exec_source_type(), given(shell(script), {{"restart", "on_failure"}}));
  harness.start();
  (void)all_lines(harness);
  BOOST_TEST(harness.failures().size() == 1U);
  BOOST_TEST((harness.produce() == produce_result::wait));
  harness.advance(1s);
  (void)all_lines(harness);
  BOOST_TEST((harness.produce() == produce_result::done));
  BOOST_TEST(harness.failures().empty());
}

BOOST_AUTO_TEST_CASE(a_process_left_behind_with_the_output_open_does_not_hold_the_end_up) {
  node_harness harness(exec_source_type(), given(shell("echo $$; sleep 1000 & echo $!")));
  harness.start();
  const auto lines = all_lines(harness);
  BOOST_TEST_REQUIRE(lines.size() == 2U);
  BOOST_TEST((harness.produce() == produce_result::done));
  BOOST_TEST(::kill(-std::stoi(lines[0]), SIGKILL) == 0); // it is still there
}

BOOST_AUTO_TEST_CASE(a_stop_ends_the_whole_group) {
  node_harness harness(exec_source_type(), given(shell("sleep 1000 & echo $!; wait")));
  harness.start();
  const auto grandchild = std::stoi(next_lines(harness, 1).front());
  harness.stop();
  BOOST_TEST(childless());
  BOOST_TEST(is_gone(grandchild));
}

BOOST_AUTO_TEST_CASE(a_command_that_ignores_the_request_to_end_is_killed_after_its_grace) {
  node_harness harness(
      exec_source_type(),
      given(shell("trap '' TERM; echo ready; while :; do sleep 1000; done"), {{"grace", "50ms"}}));
  harness.start();
  (void)next_lines(harness, 1);
  harness.stop();
  BOOST_TEST(childless());
}

BOOST_AUTO_TEST_CASE(a_command_may_clean_up_within_its_grace) {
  temporary_folder dir;
  const auto script =
      "trap 'seq 100000; echo clean > " + dir.file("note") + "; exit' TERM; echo ready; sleep 1000 & wait";
  node_harness harness(exec_source_type(), given(shell(script), {{"grace", "60s"}}));
  harness.start();
  (void)next_lines(harness, 1);
  harness.stop();
  BOOST_TEST(dir.content("note") == "clean\n");
  BOOST_TEST(childless());
}

BOOST_AUTO_TEST_CASE(a_child_that_is_forgotten_is_killed_and_collected) {
  pid_t id = 0;
  {
    child_process child({"sleep", "1000"}, child_stream::output);
    id = child.id();
    BOOST_TEST(!child.status().has_value());
  }
  BOOST_TEST(childless());
  BOOST_TEST(::kill(id, 0) != 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(io_exec_sink)

BOOST_AUTO_TEST_CASE(messages_become_lines_of_its_stdin) {
  temporary_folder dir;
  node_harness harness(exec_sink_type(), given(shell("cat > " + dir.file("out"))));
  harness.start();
  std::string expected;
  for (int number = 0; number < 1000; ++number) {
    BOOST_TEST_REQUIRE(harness.feed(text_message(std::to_string(number))));
    expected += std::to_string(number) + "\n";
  }
  harness.advance(0ns);
  harness.end();
  BOOST_TEST((dir.content("out") == expected));
  BOOST_TEST(childless());
  harness.stop();
}

BOOST_AUTO_TEST_CASE(a_format_may_be_json) {
  temporary_folder dir;
  node_harness harness(exec_sink_type(), given(shell("cat > " + dir.file("out")), {{"format", "json"}}));
  harness.start();
  harness.feed(text_message("a \"b\""));
  harness.end();
  BOOST_TEST(dir.content("out") == "\"a \\\"b\\\"\"\n");
}

BOOST_AUTO_TEST_CASE(a_slow_reader_holds_messages_back_until_it_reads) {
  temporary_folder dir;
  // It reads only once the file `go` is there.
  const auto script = "while ! test -e " + dir.file("go") + "; do :; done; cat > " + dir.file("out");
  node_harness harness(exec_sink_type(), given(shell(script)));
  harness.start();
  std::string expected;
  std::string line(1000, 'x');
  while (harness.feed(text_message(line)))
    expected += line + "\n";
  BOOST_TEST(harness.held() > 0U);
  dir.put("go", "");
  harness.end();
  BOOST_TEST((dir.content("out") == expected));
  BOOST_TEST(harness.held() == 0U);
}

BOOST_AUTO_TEST_CASE(its_failure_shows_at_the_end) {
  node_harness harness(exec_sink_type(), given(shell("cat > /dev/null; echo sorry >&2; exit 4")));
  harness.start();
  harness.feed(text_message("x"));
  BOOST_CHECK_EXCEPTION(harness.end(), error, [](const error& failed) {
    return failed.code() == "command_failed" &&
           std::string(failed.what()).find("status 4") != std::string::npos;
  });
  BOOST_TEST(harness.logged() == strings{"command_stderr: sorry"}, boost::test_tools::per_element());
  harness.stop();
  BOOST_TEST(childless());
}

BOOST_AUTO_TEST_CASE(one_that_stops_reading_and_exits_well_ends_the_flow_cleanly) {
  (void)::signal(SIGPIPE, SIG_IGN);
  node_harness harness(exec_sink_type(), given({"true"}));
  harness.start();
  std::vector<node_harness::failure> failed;
  while (failed.empty()) {
    harness.feed(text_message(std::string(100'000, 'x')));
    failed = harness.failures();
  }
  BOOST_TEST(failed[0].code == "closed_pipe");
  harness.end();
  harness.stop();
  BOOST_TEST(childless());
}

BOOST_AUTO_TEST_CASE(one_that_stops_reading_because_it_failed_is_an_error) {
  (void)::signal(SIGPIPE, SIG_IGN);
  node_harness harness(exec_sink_type(), given(shell("exit 9")));
  harness.start();
  std::vector<node_harness::failure> failed;
  while (failed.empty()) {
    harness.feed(text_message(std::string(100'000, 'x')));
    failed = harness.failures();
  }
  BOOST_TEST(failed[0].code == "command_failed");
  harness.stop();
  BOOST_TEST(childless());
}

BOOST_AUTO_TEST_CASE(a_stopping_flow_waits_for_it_no_longer_than_its_grace) {
  node_harness harness(exec_sink_type(), given({"sleep", "1000"}, {{"grace", "30ms"}}));
  harness.start();
  harness.set_stopping();
  BOOST_CHECK_EXCEPTION(harness.end(), error, [](const error& failed) {
    return std::string(failed.what()).find("SIGTERM") != std::string::npos;
  });
  harness.stop();
  BOOST_TEST(childless());
}

BOOST_AUTO_TEST_CASE(a_stop_without_an_end_ends_it) {
  node_harness harness(exec_sink_type(), given({"sleep", "1000"}, {{"grace", "1s"}}));
  harness.start();
  harness.stop();
  BOOST_TEST(childless());
}

BOOST_AUTO_TEST_SUITE_END()
