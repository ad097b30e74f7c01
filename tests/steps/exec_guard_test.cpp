#include "model/base/error.hpp"
#include "steps/exec/attempt_lock.hpp"
#include "steps/since_boot.hpp"
#include "tests/steps/life_line.hpp"
#include "tests/steps/running_program.hpp"
#include "tests/steps/step_scene.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;
using nlohmann::ordered_json;

namespace {

/// Ignores SIGTERM, and so do the two it starts; one of them leaves group, session and parents.
constexpr auto stubborn = R"(
  trap '' TERM
  ( setsid sh -c 'echo away >&9; exec tail -f /dev/null' & )
  tail -f /dev/null &
  echo here >&9
  wait
)";
/// Does `what` when it is told to end, and nothing before.
std::string patient(const std::string& what) {
  return "trap '" + what + "; exit 0' TERM; echo here >&9; while :; do tail -f /dev/null & wait; done";
}

struct guard_scene : step_scene {
  life_line line;

  static ordered_json shell(const std::string& script) { return {{"argv", {"sh", "-c", script}}}; }
  std::future<attempt_outcome> begin_shell(const std::string& script) {
    return begin("exec", shell(line.held_by(script)));
  }
  /// The words for a worker of its own, with a lease of that time (0: none).
  static std::vector<std::string> worker(std::chrono::milliseconds lease, const std::string& script) {
    return {STEP_WORKER, "attempt", "", std::to_string(lease.count()), script};
  }
  std::uint64_t lock_byte() const { return attempt_lock_byte(to_string(token.run), token.step); }
};

bool await_tree(life_line& line) {
  return line.await("here\n") && line.await("away\n");
}

std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator("/proc/self/fd"))
    ++count;
  return count;
}

bool has_children() {
  return ::waitpid(-1, nullptr, WNOHANG) >= 0 || errno != ECHILD;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(exec_guards, guard_scene)

BOOST_AUTO_TEST_CASE(a_command_that_is_interrupted_may_end_by_itself) {
  auto attempt = begin_shell(patient("echo tidied up >&9"));
  BOOST_TEST(line.await("here\n"));
  signal.interrupt(60s);
  const auto outcome = attempt.get();
  BOOST_TEST((outcome.status == attempt_status::cancelled));
  BOOST_TEST(outcome.code == "cancelled");
  BOOST_TEST(line.is_over());
  BOOST_TEST(contains(line.seen(), "tidied up"));
}

BOOST_AUTO_TEST_CASE(what_ignores_the_interrupt_is_killed_after_the_grace_wherever_it_went) {
  auto attempt = begin_shell(stubborn);
  BOOST_TEST(await_tree(line));
  signal.interrupt(50ms);
  BOOST_TEST((attempt.get().status == attempt_status::cancelled));
  BOOST_TEST(line.is_over());
}

BOOST_AUTO_TEST_CASE(a_shorter_grace_counts) {
  auto attempt = begin_shell(stubborn);
  BOOST_TEST(await_tree(line));
  signal.interrupt(24h);
  signal.interrupt(1ms);
  BOOST_TEST((attempt.get().status == attempt_status::cancelled));
  BOOST_TEST(line.is_over());
}

BOOST_AUTO_TEST_CASE(descendants_have_the_rest_of_the_grace) {
  auto attempt = begin_shell("( " + patient("echo saved >&9") + " ) & wait");
  BOOST_TEST(line.await("here\n"));
  signal.interrupt(60s);
  BOOST_TEST((attempt.get().status == attempt_status::cancelled));
  BOOST_TEST(line.is_over());
  BOOST_TEST(contains(line.seen(), "saved"));
}

BOOST_AUTO_TEST_CASE(what_is_started_meanwhile_is_told_too) {
  auto attempt = begin_shell(patient("tail -f /dev/null & wait"));
  BOOST_TEST(line.await("here\n"));
  signal.interrupt(100s);
  BOOST_TEST((attempt.wait_for(60s) == std::future_status::ready));
  BOOST_TEST((attempt.get().status == attempt_status::cancelled));
}

BOOST_AUTO_TEST_CASE(a_stopped_process_is_woken_to_be_told) {
  auto attempt = begin_shell("trap 'echo woken >&9; exit' TERM; echo here >&9; kill -STOP $$; sleep 1000");
  BOOST_TEST(line.await("here\n"));
  signal.interrupt(60s);
  BOOST_TEST((attempt.get().status == attempt_status::cancelled));
  BOOST_TEST(line.is_over());
  BOOST_TEST(contains(line.seen(), "woken"));
}

BOOST_AUTO_TEST_CASE(what_a_command_leaves_behind_ends_with_it) {
  const auto outcome =
      run("exec", shell(line.held_by("( setsid sh -c 'echo up; exec tail -f /dev/null' & ) | "
                                     "read word; tail -f /dev/null & echo here >&9")));
  BOOST_TEST((outcome.status == attempt_status::succeeded), outcome.text);
  BOOST_TEST(line.is_over());
  BOOST_TEST(line.seen() == "here\n");
}

BOOST_AUTO_TEST_CASE(children_that_others_left_are_collected_while_it_runs) {
  const auto outcome =
      run("exec", shell("for i in 1 2 3 4 5; do ( true & ); done; "
                        "until [ -z \"$(ps -o stat= --ppid $PPID | grep Z)\" ]; do :; done"));
  BOOST_TEST((outcome.status == attempt_status::succeeded), outcome.text);
}

BOOST_AUTO_TEST_CASE(everything_is_gone_when_the_worker_is_killed) {
  running_program worker_program(worker(0ms, line.held_by(stubborn)));
  BOOST_TEST(await_tree(line));
  worker_program.signal(SIGKILL);
  BOOST_TEST(line.await_end());
}

BOOST_AUTO_TEST_CASE(everything_is_gone_when_the_worker_stands_still_past_its_lease) {
  // On a slow machine the lease may be over before the tree stands: then again with a longer one.
  for (auto lease = 1'000ms;; lease *= 2) {
    life_line tree;
    running_program worker_program(worker(lease, tree.held_by(stubborn)));
    if (!await_tree(tree) && lease < 30s)
      continue;
    worker_program.stop();
    BOOST_TEST(tree.await_end());
    worker_program.signal(SIGCONT);
    BOOST_TEST(contains(worker_program.output(), "lease_expired"));
    BOOST_TEST(worker_program.wait() == 1);
    break;
  }
}

BOOST_AUTO_TEST_CASE(everything_is_gone_when_the_lease_is_over) {
  signal.extend(since_boot() + 1h);
  auto attempt = begin_shell(stubborn);
  BOOST_TEST(await_tree(line));
  signal.extend(since_boot() + 2h);
  signal.extend(since_boot() - 1ns);
  const auto outcome = attempt.get();
  BOOST_TEST((outcome.status == attempt_status::lost));
  BOOST_TEST(outcome.code == "lease_expired");
  BOOST_TEST(line.is_over());
}

BOOST_AUTO_TEST_CASE(nothing_begins_when_the_lease_is_over_already) {
  signal.extend(since_boot() - 1s);
  BOOST_TEST(run("exec", shell(line.held_by("echo here >&9"))).code == "lease_expired");
  BOOST_TEST(!line.is_over());
  BOOST_TEST(line.seen().empty());
}

BOOST_AUTO_TEST_CASE(everything_but_strays_is_gone_when_the_guard_is_killed) {
  auto attempt = begin_shell("tail -f /dev/null & echo guard $PPID here >&9; wait");
  BOOST_TEST_REQUIRE(line.await("here\n"));
  ::kill(std::atoi(line.seen().c_str() + 6), SIGKILL);
  const auto outcome = attempt.get();
  BOOST_TEST(outcome.code == "guard_failed");
  BOOST_TEST(outcome.retryable);
  BOOST_TEST(line.await_end());
}

BOOST_AUTO_TEST_CASE(a_guard_does_not_listen_to_others) {
  auto attempt = begin_shell("kill -TERM $PPID; kill -INT $PPID; kill -HUP $PPID; echo here >&9; exit 4");
  BOOST_TEST(attempt.get().code == "exit_status");
}

BOOST_AUTO_TEST_CASE(an_attempt_waits_until_nothing_is_left_of_the_one_before) {
  const scratch_folder folder;
  attempt_locks = folder.path() / "attempts";
  auto before = std::make_unique<attempt_lock>(attempt_locks, lock_byte());
  BOOST_TEST_REQUIRE(before->try_acquire() == 0);
  auto attempt = begin_shell("echo here >&9; tail -f /dev/null");
  await_log("waits until nothing is left of the attempt before");
  BOOST_TEST(!line.is_over());
  BOOST_TEST(line.seen().empty());
  before.reset();
  BOOST_TEST(line.await("here\n"));
  attempt_lock after(attempt_locks, lock_byte());
  BOOST_TEST(after.try_acquire() == EAGAIN);
  signal.interrupt(0ms);
  BOOST_TEST((attempt.get().status == attempt_status::cancelled));
  BOOST_TEST(after.try_acquire() == 0);
}

BOOST_AUTO_TEST_CASE(steps_do_not_wait_for_other_steps) {
  const scratch_folder folder;
  attempt_locks = folder.path() / "attempts";
  attempt_lock other(attempt_locks, attempt_lock_byte(to_string(token.run), "test"));
  BOOST_TEST_REQUIRE(other.try_acquire() == 0);
  BOOST_TEST((run("exec", shell("true")).status == attempt_status::succeeded));
  BOOST_TEST(log.empty());
}

BOOST_AUTO_TEST_CASE(who_waits_for_the_attempt_before_can_be_told_to_end) {
  const scratch_folder folder;
  attempt_locks = folder.path() / "attempts";
  attempt_lock before(attempt_locks, lock_byte());
  BOOST_TEST_REQUIRE(before.try_acquire() == 0);
  auto attempt = begin_shell("echo here >&9");
  await_log("waits until nothing is left of the attempt before");
  signal.interrupt(60s);
  BOOST_TEST((attempt.get().status == attempt_status::cancelled));
  BOOST_TEST(line.seen().empty());
}

BOOST_AUTO_TEST_CASE(who_waits_for_the_attempt_before_waits_no_longer_than_the_lease) {
  const scratch_folder folder;
  attempt_locks = folder.path() / "attempts";
  attempt_lock before(attempt_locks, lock_byte());
  BOOST_TEST_REQUIRE(before.try_acquire() == 0);
  auto attempt = begin_shell("echo here >&9");
  await_log("waits until nothing is left of the attempt before");
  signal.extend(since_boot());
  BOOST_TEST(attempt.get().code == "lease_expired");
  BOOST_TEST(line.seen().empty());
}

BOOST_AUTO_TEST_CASE(a_lock_file_that_cannot_be_used_is_named) {
  attempt_locks = "/no/such/folder/attempts";
  const auto outcome = run("exec", shell("true"));
  BOOST_TEST(outcome.code == "cannot_lock");
  BOOST_TEST(contains(outcome.text, "/no/such/folder/attempts cannot be used: No such file"), outcome.text);
  BOOST_TEST(outcome.retryable);
}

BOOST_AUTO_TEST_CASE(a_lock_file_that_was_replaced_is_made_anew) {
  const scratch_folder folder;
  const auto path = (folder.path() / "attempts").native();
  attempt_lock first(path, 5);
  BOOST_TEST(first.try_acquire() == 0);
  std::filesystem::remove(path);
  attempt_lock second(path, 5);
  BOOST_TEST(second.try_acquire() == 0);
  attempt_lock third(path, 5);
  BOOST_TEST(third.try_acquire() == EAGAIN);
}

BOOST_AUTO_TEST_CASE(without_a_guard_no_command_is_run_and_this_program_is_not_started_again) {
  steps = {};
  register_builtin_steps(steps);
  const auto outcome = run("exec", shell("true"));
  BOOST_TEST(outcome.code == "no_guard");
  BOOST_TEST(!outcome.retryable);
  BOOST_TEST(!has_children());
}

BOOST_AUTO_TEST_CASE(a_program_that_is_no_guard_is_found_out) {
  const auto is_guard_failure = [](const error& trouble) { return trouble.code() == "guard_failed"; };
  for (const char* program : {"/bin/true", "/no/such/guard"}) {
    steps = {};
    register_builtin_steps(steps, {program});
    BOOST_CHECK_EXCEPTION(run("exec", shell("true")), error, is_guard_failure);
  }
  BOOST_TEST(!has_children());
}

BOOST_AUTO_TEST_CASE(a_guard_that_cannot_end_is_left_behind_and_collected_later) {
  const scratch_folder folder;
  const auto deaf = folder.path() / "deaf_guard";
  std::filesystem::create_symlink(STEP_WORKER, deaf);
  steps = {};
  register_builtin_steps(steps, {deaf});
  auto attempt = begin("exec", shell("true"));
  await_log("here");
  signal.interrupt(0ms);
  BOOST_TEST((attempt.get().status == attempt_status::cancelled));
  BOOST_TEST_REQUIRE(contains(log.back(), "cannot be killed; process "), log.back());
  BOOST_TEST(has_children());
  const int guard = std::atoi(log.back().c_str() + log.back().find("process ") + 8);
  ::kill(guard, SIGKILL);
  siginfo_t ended{};
  BOOST_TEST(::waitid(P_PID, static_cast<id_t>(guard), &ended, WEXITED | WNOWAIT) == 0);
  steps = {};
  BOOST_TEST(!has_children());
}

BOOST_AUTO_TEST_CASE(a_guard_started_by_hand_says_what_it_is_for) {
  running_program guard({"sh", "-c", std::string(STEP_WORKER) + " exec-guard 2>&1"});
  BOOST_TEST(contains(guard.output(), "for Sluice itself"));
  BOOST_TEST(guard.wait() == 2);
}

BOOST_AUTO_TEST_CASE(attempts_side_by_side_do_not_hold_each_other_s_streams) {
  // Each ends only if nobody else has got hold of its streams and channel.
  std::vector<std::future<attempt_outcome>> attempts;
  std::vector<std::unique_ptr<step_scene>> scenes;
  for (int number = 0; number < 12; ++number) {
    scenes.push_back(std::make_unique<step_scene>());
    attempts.push_back(scenes.back()->begin("exec", {{"argv", {"cat"}}, {"stdin", std::to_string(number)}}));
  }
  for (int number = 0; number < 12; ++number)
    BOOST_TEST(attempts[static_cast<std::size_t>(number)].get().result.value().at("stdout") ==
               std::to_string(number));
}

BOOST_AUTO_TEST_CASE(no_descriptor_and_no_process_is_left_behind) {
  const auto before = open_descriptors();
  const scratch_folder folder;
  attempt_locks = folder.path() / "attempts";
  run("exec", shell("echo a; echo b >&2"));
  run("exec", shell("exit 1"));
  run("exec", shell("kill -9 $$"));
  run("exec", shell("kill -9 $PPID; tail -f /dev/null"));
  run("exec", shell("( tail -f /dev/null & )"));
  run("exec", {{"argv", {"no-such-program"}}});
  run("exec", {{"argv", {"true"}}, {"cwd", "/no/such/folder"}, {"stdin", "x"}});
  signal.extend(since_boot() - 1s);
  run("exec", shell("true"));
  signal.interrupt(0ms);
  run("exec", shell("true"));
  BOOST_TEST(open_descriptors() == before);
  BOOST_TEST(!has_children());
}

BOOST_AUTO_TEST_SUITE_END()
