#include "runtime/cli/cli.hpp"
#include "steps/exec/exec_guard.hpp"

int main(int argc, char** argv) {
  // Not a command of the CLI: exec steps start this program again to guard what they run.
  if (sluice::is_exec_guard_call(argc, argv))
    return sluice::run_exec_guard(argc, argv);
  return sluice::run_cli(argc, argv);
}
