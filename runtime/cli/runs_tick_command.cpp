#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/runs_commands.hpp"
#include "runtime/wire/runs_json.hpp"

#include <ostream>

namespace sluice {

int carry_out(const runs_tick_arguments& arguments, const runs_scene& scene) {
  const auto report = scene.client.tick({arguments.env, arguments.lane});
  if (scene.json_words)
    scene.streams.out << tick_json(report) << '\n';
  else
    scene.streams.out << to_string(report.outcome) << '\n';
  if (report.outcome != tick_outcome::error)
    return exit_status::success;
  scene.streams.err << "sluice: " << report.error_text << " [" << report.error_code << "]\n";
  return exit_status::failed;
}

} // namespace sluice
