/// A worker for tests: runs one exec step and says what came of it.
///
///     step_worker attempt LOCK_FILE MILLISECONDS SCRIPT     a lease of that time, 0: none; `sh -c SCRIPT`
///     step_worker exec-guard                                the guard of its step
///     deaf_guard exec-guard                                 (by a link) a guard that cannot do its work

#include "steps/builtin_steps.hpp"
#include "steps/exec/exec_guard.hpp"
#include "steps/exec/guard_channel.hpp"
#include "steps/since_boot.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>
#include <unistd.h>

namespace {

using namespace sluice;

int run_attempt(char** arguments) {
  step_registry steps;
  register_builtin_steps(steps, {this_program});
  step_signal signal;
  const std::chrono::milliseconds lease{std::strtoll(arguments[1], nullptr, 10)};
  if (lease.count() > 0)
    signal.extend(since_boot() + lease);
  step_context context{
      {{}, "build", 1, 7},
      json(nlohmann::ordered_json{{"argv", {"sh", "-c", arguments[2]}}}),
      signal,
      arguments[0],
  };
  const auto outcome = steps.find("exec")->make()->run(context);
  std::printf("%s %s\n", outcome.code.c_str(), outcome.result.dump().c_str());
  return outcome.status == attempt_status::succeeded ? 0 : 1;
}

/// As a guard that waits for something that cannot be killed.
[[noreturn]] void pretend_to_guard() {
  guard_channel channel{owned_descriptor(guard_channel_place)};
  channel.send({guard_word::ready, 0});
  std::fputs("here\n", stderr);
  for (;;)
    ::pause();
}

} // namespace

int main(int argc, char** argv) {
  if (std::string_view(argv[0]).find("deaf_guard") != std::string_view::npos)
    pretend_to_guard();
  if (is_exec_guard_call(argc, argv))
    return run_exec_guard(argc, argv);
  if (argc != 5 || std::string_view(argv[1]) != "attempt")
    return 2;
  try {
    return run_attempt(argv + 2);
  } catch (const std::exception& trouble) {
    std::fprintf(stderr, "%s\n", trouble.what());
    return 3;
  }
}
