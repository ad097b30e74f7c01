#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/runs_commands.hpp"
#include "runtime/cli/runs_text.hpp"
#include "runtime/cli/stop_signals.hpp"
#include "runtime/wire/runs_json.hpp"

#include <optional>
#include <ostream>

namespace sluice {

int carry_out(const runs_show_arguments& arguments, const runs_scene& scene) {
  // As for `runs submit --follow`.
  std::optional<signal_block> block;
  if (arguments.follow)
    block.emplace();
  const auto view = scene.client.show(arguments.run);
  if (scene.json)
    scene.streams.out << run_view_json(view) << '\n';
  else
    scene.streams.out << run_text(view);
  if (!arguments.follow)
    return exit_status::success;
  if (!scene.json)
    scene.streams.out << '\n';
  scene.streams.out.flush();
  return follow_run(arguments.run, view.row.last_seq, scene);
}

} // namespace sluice
