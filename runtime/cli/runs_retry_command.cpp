#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/runs_commands.hpp"

namespace sluice {

int carry_out(const runs_retry_arguments& arguments, const runs_scene& scene) {
  print_created(scene.client.retry(arguments.run, asking(arguments.by, scene)), scene);
  return exit_status::success;
}

} // namespace sluice
