#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/runs_commands.hpp"
#include "runtime/wire/runs_json.hpp"

#include <fmt/format.h>

#include <ostream>
#include <string>

namespace sluice {

namespace {

/// True when the status shows that the command has acted, or acts.
bool shows(run_command command, run_status status) {
  switch (command) {
  case run_command::pause:
    return status == run_status::pausing || status == run_status::paused;
  case run_command::resume:
    return status == run_status::queued || status == run_status::running;
  case run_command::cancel:
    return status == run_status::cancelling || status == run_status::cancelled;
  case run_command::intervene:
    return status == run_status::intervening;
  case run_command::fail:
    return status == run_status::failed;
  }
  return false;
}

std::string remark(run_command command, const command_answer& answer) {
  if (!answer.changed)
    return " (unchanged)";
  return shows(command, answer.status) ? "" : fmt::format(" ({} is on its way)", to_string(command));
}

} // namespace

int carry_out(const runs_order_arguments& arguments, const runs_scene& scene) {
  const auto answer =
      scene.client.command(arguments.run, arguments.command, asking(arguments.by, scene), arguments.reason);
  if (scene.json_words)
    scene.streams.out << answer_json(arguments.run, answer) << '\n';
  else
    scene.streams.out << to_string(answer.status) << remark(arguments.command, answer) << '\n';
  return exit_status::success;
}

} // namespace sluice
