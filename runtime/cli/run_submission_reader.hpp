#pragma once

#include "model/run/step_catalog.hpp"
#include "model/run/submission.hpp"
#include "runtime/cli/cli_streams.hpp"
#include "runtime/cli/runs_arguments.hpp"

#include <optional>
#include <string>

namespace sluice {

/// A submission, or everything that is wrong with it.
struct read_submission {
  std::optional<run_submission> submission;
  /// One finding a line, each ended by a line feed.
  std::string complaints;
};

/// Makes a submission of what the command line says: reads the graph and the params, and checks all of it. A
/// file that cannot be read is a finding, too. `now`: from where a duration in `--at` counts.
read_submission read_run_submission(const runs_submit_arguments& arguments, const step_catalog& kinds,
                                    cli_streams& streams, utc_time now);

} // namespace sluice
