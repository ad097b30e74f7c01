#include "tests/steps/step_scene.hpp"
#include "tests/support/scratch_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sys/stat.h>

using namespace sluice;
using nlohmann::ordered_json;

namespace {

struct exec_scene : step_scene {
  attempt_outcome shell(const std::string& script, ordered_json params = ordered_json::object()) {
    params["argv"] = {"sh", "-c", script};
    return run("exec", params);
  }
  /// Returns the stdout of a script that succeeds.
  std::string output_of(const std::string& script, ordered_json params = ordered_json::object()) {
    const auto outcome = shell(script, std::move(params));
    BOOST_TEST_REQUIRE((outcome.status == attempt_status::succeeded), outcome.code + ": " + outcome.text);
    return outcome.result.value().at("stdout").get<std::string>();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(exec_steps, exec_scene)

BOOST_AUTO_TEST_CASE(arguments_arrive_literally) {
  const auto outcome =
      run("exec", {{"argv", {"printf", "[%s]", "a b", "'c'", "\"d\"", "$HOME", "*", "", "é"}}});
  BOOST_TEST((outcome.status == attempt_status::succeeded));
  BOOST_TEST(outcome.result.value().at("stdout") == "[a b]['c'][\"d\"][$HOME][*][][é]");
}

BOOST_AUTO_TEST_CASE(the_result_has_status_and_both_streams) {
  const auto outcome = shell("echo out; echo err >&2");
  BOOST_TEST(outcome.result.dump() == R"({"exit_code":0,"stdout":"out\n","stderr":"err\n","truncated":false,)"
                                      R"("truncated_stdout":false,"truncated_stderr":false})");
}

BOOST_AUTO_TEST_CASE(line_ends_at_the_end_can_be_left_out) {
  BOOST_TEST(output_of("echo ' a'; echo 'b '; echo", {{"trim", true}}) == " a\nb ");
}

BOOST_AUTO_TEST_CASE(each_line_of_stderr_is_logged) {
  shell("echo one >&2; echo out; printf 'two\nthree' >&2");
  const std::vector<std::string> wanted = {"one", "two", "three"};
  BOOST_TEST(log == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_command_sees_only_what_is_let_through_and_set) {
  ::setenv("SLUICE_TEST_SECRET", "x", 1);
  ::setenv("SLUICE_TEST_WANTED", "y", 1);
  const auto seen =
      output_of("env", {{"env", {{"GIVEN", "a b"}}}, {"inherit_env", {"PATH", "SLUICE_TEST_WANTED"}}});
  ::unsetenv("SLUICE_TEST_SECRET");
  ::unsetenv("SLUICE_TEST_WANTED");
  BOOST_TEST(contains(seen, "GIVEN=a b\n"));
  BOOST_TEST(contains(seen, "SLUICE_TEST_WANTED=y\n"));
  BOOST_TEST(!contains(seen, "SLUICE_TEST_SECRET"));
  BOOST_TEST(!contains(seen, "HOME="));
  BOOST_TEST(contains(seen, "SLUICE_IDEMPOTENCY_TOKEN=01920000-0000-7000-8000-000000000001/build/3\n"));
  BOOST_TEST(contains(seen, "SLUICE_FENCING_TOKEN=42\n"));
}

BOOST_AUTO_TEST_CASE(programs_are_looked_for_in_the_path_that_the_command_gets) {
  const scratch_folder folder;
  const auto program = folder.path() / "greet";
  std::ofstream(program) << "#!/bin/sh\necho hello\n";
  ::chmod(program.c_str(), 0755);
  const auto found =
      run("exec", {{"argv", {"greet"}}, {"env", {{"PATH", "/nowhere:" + folder.path().native()}}}});
  BOOST_TEST(found.result.value().at("stdout") == "hello\n");
  BOOST_TEST(run("exec", {{"argv", {"greet"}}}).code == "cannot_execute");
  // Without any PATH there are the usual places.
  const auto usual = run("exec", {{"argv", {"true"}}, {"inherit_env", ordered_json::array()}});
  BOOST_TEST((usual.status == attempt_status::succeeded));
}

BOOST_AUTO_TEST_CASE(it_works_where_it_is_told_to) {
  const scratch_folder folder;
  BOOST_TEST(output_of("pwd -P", {{"cwd", folder.path().native()}, {"trim", true}}) ==
             std::filesystem::canonical(folder.path()).native());
}

BOOST_AUTO_TEST_CASE(it_reads_what_it_is_given) {
  BOOST_TEST(output_of("cat") == "");
  std::string large;
  for (int line = 0; line < 20'000; ++line)
    large += "line " + std::to_string(line) + "\n";
  BOOST_TEST(output_of("cat | tail -n 1", {{"stdin", large}}) == "line 19999\n");
  BOOST_TEST(output_of("wc -c", {{"stdin", std::string("a\0b", 3)}, {"trim", true}}) == "3");
  // A command that does not read is no trouble.
  BOOST_TEST(output_of("true", {{"stdin", large}}) == "");
}

BOOST_AUTO_TEST_CASE(output_beyond_the_limit_is_thrown_away) {
  const auto outcome =
      shell("head -c 3000000 /dev/zero | tr '\\0' x; echo short >&2", {{"output_limit", "1KiB"}});
  BOOST_TEST((outcome.status == attempt_status::succeeded));
  const auto& result = outcome.result.value();
  BOOST_TEST(result.at("stdout") == std::string(1024, 'x'));
  BOOST_TEST(result.at("stderr") == "short\n");
  BOOST_TEST(result.at("truncated") == true);
  BOOST_TEST(result.at("truncated_stdout") == true);
  BOOST_TEST(result.at("truncated_stderr") == false);
}

BOOST_AUTO_TEST_CASE(a_result_that_could_not_be_stored_is_cut_further) {
  // A byte of output takes six of JSON.
  const auto outcome = shell("head -c 1000000 /dev/zero | tr '\\0' '\\1'", {{"output_limit", "1MiB"}});
  BOOST_TEST((outcome.status == attempt_status::succeeded));
  BOOST_TEST(outcome.result.dump().size() <= (std::size_t{1} << 20));
  BOOST_TEST(outcome.result.value().at("truncated") == true);
  BOOST_TEST(outcome.result.value().at("stdout").get<std::string>().size() > 100'000U);
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_text_are_replaced) {
  BOOST_TEST(output_of("printf 'a\\377b'") == "a\xEF\xBF\xBD"
                                              "b");
}

BOOST_AUTO_TEST_CASE(a_status_other_than_zero_fails_with_the_last_words) {
  const auto outcome = shell("echo first >&2; echo 'no rule' >&2; exit 3");
  BOOST_TEST((outcome.status == attempt_status::failed));
  BOOST_TEST(outcome.code == "exit_status");
  BOOST_TEST(outcome.text == "'sh' exited with status 3: no rule");
  BOOST_TEST(outcome.retryable);
}

BOOST_AUTO_TEST_CASE(other_statuses_may_be_success) {
  const auto outcome = shell("exit 3", {{"success_codes", {0, 3}}});
  BOOST_TEST((outcome.status == attempt_status::succeeded));
  BOOST_TEST(outcome.result.value().at("exit_code") == 3);
  BOOST_TEST(shell("exit 0", {{"success_codes", {3}}}).code == "exit_status");
}

BOOST_AUTO_TEST_CASE(a_signal_is_named) {
  const auto outcome = shell("kill -SEGV $$");
  BOOST_TEST(outcome.code == "killed_by_signal");
  BOOST_TEST(contains(outcome.text, "'sh' was ended by signal 11 (SIGSEGV)"));
  BOOST_TEST(outcome.retryable);
}

BOOST_AUTO_TEST_CASE(the_command_has_no_signals_blocked_or_ignored_that_the_worker_has) {
  auto* const before = std::signal(SIGPIPE, SIG_IGN);
  sigset_t usual;
  sigset_t more;
  sigemptyset(&more);
  sigaddset(&more, SIGUSR1);
  ::pthread_sigmask(SIG_BLOCK, &more, &usual);
  const auto lines = output_of("grep -E 'Sig(Blk|Ign)' /proc/self/status | cut -f 2");
  ::pthread_sigmask(SIG_SETMASK, &usual, nullptr);
  std::signal(SIGPIPE, before);
  // Signals 32 and 33 are the C library's own.
  constexpr auto ordinary = 0x7fffffffull;
  std::size_t end = 0;
  BOOST_TEST((std::stoull(lines, &end, 16) & ordinary) == 0U);
  BOOST_TEST((std::stoull(lines.substr(end), nullptr, 16) & ordinary) == 0U);
}

BOOST_AUTO_TEST_CASE(the_command_has_only_its_streams) {
  BOOST_TEST(output_of("ls /proc/self/fd | tr '\\n' ' '") == "0 1 2 3 "); // 3: the folder that ls reads
}

BOOST_AUTO_TEST_CASE(what_cannot_be_executed_is_not_tried_again) {
  const scratch_folder folder;
  const auto plain = folder.path() / "plain";
  std::ofstream(plain) << "echo no\n";
  const auto check = [&](const ordered_json& params, std::string_view why) {
    const auto outcome = run("exec", params);
    BOOST_TEST((outcome.status == attempt_status::failed));
    BOOST_TEST(outcome.code == "cannot_execute");
    BOOST_TEST(contains(outcome.text, why), outcome.text);
    BOOST_TEST(!outcome.retryable);
  };
  check({{"argv", {"no-such-program"}}}, "'no-such-program' cannot be executed: No such file");
  check({{"argv", {"/no/such/program"}}}, "No such file");
  check({{"argv", {plain.native()}}}, "Permission denied");
  check({{"argv", {"true"}}, {"cwd", "/no/such/folder"}}, "directory '/no/such/folder' cannot be entered");
  ::chmod(plain.c_str(), 0755);
  check({{"argv", {plain.native()}}}, "Exec format error"); // no shell steps in
}

BOOST_AUTO_TEST_CASE(params_that_do_not_fit_after_replacement_are_refused) {
  const auto outcome = run("exec", {{"argv", {"true"}}, {"cwd", "tmp"}});
  BOOST_TEST(outcome.code == "bad_params");
  BOOST_TEST(contains(outcome.text, "params.cwd: expected the absolute path"));
  BOOST_TEST(!outcome.retryable);
}

BOOST_AUTO_TEST_CASE(an_attempt_that_is_interrupted_before_it_began_runs_nothing) {
  const scratch_folder folder;
  signal.interrupt(std::chrono::seconds{5});
  const auto outcome = shell("touch " + (folder.path() / "done").native());
  BOOST_TEST((outcome.status == attempt_status::cancelled));
  BOOST_TEST(!std::filesystem::exists(folder.path() / "done"));
}

BOOST_AUTO_TEST_SUITE_END()
