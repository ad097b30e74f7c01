#include "nodes/io/child_log.hpp"
#include "nodes/io/child_process.hpp"
#include "nodes/io/exec_sink.hpp"
#include "nodes/io/exec_source.hpp"
#include "tests/nodes/io_exec_scene.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

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
  BOOST_TEST((harness.produce() == produce_result::done));
  BOOST_TEST(harness.failures().empty()); // once a run
}

BOOST_AUTO_TEST_CASE(a_failure_tells_the_last_lines_of_stderr) {
  node_harness harness(exec_source_type(),
                       given(shell("for n in 1 2 3 4; do echo line $n >&2; done; printf rest >&2; exit 3")));
  harness.start();
  (void)all_lines(harness);
  const auto failed = harness.failures();
  BOOST_TEST_REQUIRE(failed.size() == 1U);
  BOOST_TEST(failed[0].text == "the command '/bin/sh' exited with status 3; the last it wrote to stderr: "
                               "line 3 / line 4 / rest");
}

BOOST_AUTO_TEST_CASE(a_failure_tells_no_more_of_stderr_than_a_log_line_bears) {
  node_harness harness(exec_source_type(),
                       given(shell("for n in 1 2 3; do printf '%03999dé\\n' $n >&2; done; exit 3")));
  harness.start();
  (void)all_lines(harness);
  const auto failed = harness.failures();
  BOOST_TEST_REQUIRE(failed.size() == 1U);
  BOOST_TEST(failed[0].text.size() < 2 * child_log::kept_bytes);
}

BOOST_AUTO_TEST_CASE(a_command_that_is_started_again_tells_its_own_last_lines_only) {
  temporary_folder dir;
  const auto script =
      "test -e " + dir.file("flag") + " && exit 1; touch " + dir.file("flag") + "; echo first >&2; exit 1";
  node_harness harness(exec_source_type(), given(shell(script), {{"restart", "always"}}));
  harness.start();
  (void)all_lines(harness);
  BOOST_TEST(harness.failures().at(0).text.find("first") != std::string::npos);
  harness.advance(1s);
  (void)all_lines(harness);
  BOOST_TEST(harness.failures().at(0).text.find("first") == std::string::npos);
  harness.stop();
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

BOOST_AUTO_TEST_CASE(what_a_process_left_behind_writes_belongs_to_the_output) {
  temporary_folder dir;
  const auto script =
      "(while ! test -e " + dir.file("go") + "; do :; done; echo late; exit 7) & echo $$; exit 0";
  node_harness harness(exec_source_type(), given(shell(script)));
  harness.start();
  await_exit_of(std::stoi(next_lines(harness, 1).front()));
  for (int count = 0; count < 3; ++count)
    BOOST_TEST_REQUIRE((harness.produce() == produce_result::more));
  dir.put("go", "");
  BOOST_TEST(all_lines(harness) == strings{"late"}, boost::test_tools::per_element());
  BOOST_TEST((harness.produce() == produce_result::done));
  BOOST_TEST(harness.failures().empty()); // the status is the command's own
  BOOST_TEST(childless());
}

BOOST_AUTO_TEST_CASE(a_stop_ends_what_the_command_left_behind) {
  node_harness harness(exec_source_type(), given(shell("echo $$; sleep 1000 & echo $!")));
  harness.start();
  const auto lines = next_lines(harness, 2);
  await_exit_of(std::stoi(lines[0]));
  for (int count = 0; count < 3; ++count)
    BOOST_TEST_REQUIRE((harness.produce() == produce_result::more));
  harness.stop();
  BOOST_TEST(is_gone(std::stoi(lines[1])));
  BOOST_TEST(childless());
}

BOOST_AUTO_TEST_CASE(a_process_left_behind_with_another_output_does_not_hold_the_end_up) {
  node_harness harness(exec_source_type(), given(shell("sleep 1000 > /dev/null & echo $!")));
  harness.start();
  const auto lines = all_lines(harness);
  BOOST_TEST_REQUIRE(lines.size() == 1U);
  BOOST_TEST((harness.produce() == produce_result::done));
  harness.stop();
  BOOST_TEST(::kill(std::stoi(lines[0]), SIGKILL) == 0); // it is still there
}

BOOST_AUTO_TEST_CASE(a_child_that_has_exited_wakes_a_wait_for_its_output_only_once) {
  child_process child(shell("sleep 1000 &"), child_stream::output);
  while (!child.wait(1s).exited) {
  }
  const auto begin = std::chrono::steady_clock::now();
  BOOST_TEST(child.wait(5ms).exited);
  BOOST_TEST((std::chrono::steady_clock::now() - begin >= 5ms));
  (void)child.stop(60s);
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
  // A signal that came before `sleep` is itself would be lost in the shell's copy: it would sleep on, and the
  // pipe stay open.
  const auto script =
      "trap 'seq 100000; echo clean > " + dir.file("note") +
      "; exit' TERM; sleep 1000 & until grep -q sleep /proc/$!/comm; do :; done; echo ready; wait";
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
