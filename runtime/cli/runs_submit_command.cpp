#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/run_submission_reader.hpp"
#include "runtime/cli/runs_commands.hpp"
#include "runtime/cli/runs_json.hpp"

#include <chrono>
#include <ostream>

namespace sluice {

void print_created(const created_run& created, const runs_scene& scene) {
  if (scene.json)
    scene.streams.out << created_json(created) << '\n';
  else
    scene.streams.out << to_string(created.id) << '\n';
}

int carry_out(const runs_submit_arguments& arguments, const runs_scene& scene) {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto read = read_run_submission(arguments, scene.client.kinds(), scene.streams, now);
  scene.streams.err << read.complaints;
  if (!read.submission)
    return exit_status::configuration;
  print_created(scene.client.submit(*read.submission), scene);
  return exit_status::success;
}

} // namespace sluice
