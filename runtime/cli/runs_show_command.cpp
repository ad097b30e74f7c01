#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/runs_commands.hpp"
#include "runtime/cli/runs_json.hpp"
#include "runtime/cli/runs_text.hpp"

#include <ostream>

namespace sluice {

int carry_out(const runs_show_arguments& arguments, const runs_scene& scene) {
  const auto view = scene.client.show(arguments.run);
  if (scene.json)
    scene.streams.out << run_view_json(view) << '\n';
  else
    scene.streams.out << run_text(view);
  return exit_status::success;
}

} // namespace sluice
