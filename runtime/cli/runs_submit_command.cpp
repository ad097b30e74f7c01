#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/http_error.hpp"
#include "runtime/cli/run_submission_reader.hpp"
#include "runtime/cli/runs_commands.hpp"
#include "runtime/cli/stop_signals.hpp"
#include "runtime/wire/runs_json.hpp"

#include <chrono>
#include <optional>
#include <ostream>

namespace sluice {

namespace {

/// Returns the run, or nothing when the other side has found mistakes, which are printed then.
std::optional<created_run> submit(const read_submission& read, const runs_scene& scene) {
  try {
    return scene.client.submit(*read.submission, read.graph);
  } catch (const http_error& refused) {
    if (!has_errors(refused.found()))
      throw;
    scene.streams.err << show_findings_of_server(refused.found(), read);
    return std::nullopt;
  }
}

} // namespace

void print_created(const created_run& created, const runs_scene& scene) {
  if (scene.json_words)
    scene.streams.out << created_json(created) << '\n';
  else
    scene.streams.out << to_string(created.id) << '\n';
}

int carry_out(const runs_submit_arguments& arguments, const runs_scene& scene) {
  // The client starts its threads at its first call; those must not get the signals that end following.
  std::optional<signal_block> block;
  if (arguments.follow)
    block.emplace();
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto read =
      read_run_submission(arguments, scene.client.kinds(), asking(arguments.by, scene), scene.streams, now);
  scene.streams.err << read.complaints;
  if (!read.submission)
    return exit_status::configuration;
  const auto created = submit(read, scene);
  if (!created)
    return exit_status::configuration;
  if (!arguments.follow) {
    print_created(*created, scene);
    return exit_status::success;
  }
  // What follows are lines of JSON or of text: so is the first.
  print_created(*created, {scene.client, scene.streams, scene.json});
  scene.streams.out.flush();
  return follow_run(created->id, 0, scene);
}

} // namespace sluice
