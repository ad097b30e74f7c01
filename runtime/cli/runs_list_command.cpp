#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/moment.hpp"
#include "runtime/cli/run_list_pages.hpp"
#include "runtime/cli/runs_commands.hpp"
#include "runtime/cli/runs_text.hpp"
#include "runtime/wire/runs_json.hpp"

#include <chrono>
#include <optional>
#include <ostream>

namespace sluice {

int carry_out(const runs_list_arguments& arguments, const runs_scene& scene) {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  run_list_wish wish;
  wish.filter = {arguments.env, arguments.lane, arguments.status, arguments.before, arguments.limit};
  wish.filter.job_type = arguments.job_type;
  if (!arguments.since.empty())
    wish.since = resolve_moment(arguments.since, now, moment_side::past);
  const auto found = list_runs(scene.client, wish);
  auto& streams = scene.streams;
  if (scene.json)
    for (const auto& run : found.runs)
      streams.out << run_json(run) << '\n';
  else
    streams.out << runs_table(found.runs);
  streams.out.flush(); // on a terminal the hint stands below the table
  if (found.more)
    streams.err << "sluice: there are more; go on with --before " << to_string(found.runs.back().id) << '\n';
  return exit_status::success;
}

} // namespace sluice
