#pragma once

#include "model/run/step_catalog.hpp"
#include "model/run/submission.hpp"
#include "runtime/cli/cli_streams.hpp"
#include "runtime/cli/run_document.hpp"
#include "runtime/cli/runs_arguments.hpp"

#include <optional>
#include <string>

namespace sluice {

/// A submission, or everything that is wrong with it.
struct read_submission {
  /// Without its graph when the kinds of step are not known.
  std::optional<run_submission> submission;
  /// The graph as it was written, as what it is shown, and where everything in it stands.
  json graph = {};
  std::string file = {};
  document_places places = {};
  /// One finding a line, each ended by a line feed.
  std::string complaints = {};
};

/// Makes a submission of what the command line says: reads the graph and the params, and checks all of it. A
/// file that cannot be read is a finding, too. Without `kinds` the graph is only read, and whoever takes it
/// checks it. `by`: who asks. `now`: from where a duration in `--at` counts.
read_submission read_run_submission(const runs_submit_arguments& arguments, const step_catalog* kinds,
                                    const std::string& by, cli_streams& streams, utc_time now);

/// Returns findings of a server, with paths below `run_graph` for what is in the graph, as the same mistakes
/// are shown when they are found here: with file, line and column.
std::string show_findings_of_server(findings found, const read_submission& read);

} // namespace sluice
