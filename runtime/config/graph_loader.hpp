#pragma once

#include "model/config/finding.hpp"
#include "model/graph/flow_plan.hpp"
#include "model/graph/graph.hpp"
#include "model/node/node_catalog.hpp"
#include "runtime/config/environment.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

/// Deepest chain of files that include each other, and of graphs inside graphs.
inline constexpr std::size_t include_depth_limit = 16;

/// Where a graph comes from and what surrounds it.
struct graph_input {
  /// The file's name as findings show it; included files are relative to its folder.
  std::string file;
  /// YAML.
  std::string text;
  /// Returns the value of an environment variable that the file names; without it, there are none.
  environment_lookup environment = {};
  /// `path=value`, applied in order before anything is looked at.
  std::vector<std::string> assignments = {};
  /// Returns the text of an included file, or throws `error`. Without it, files cannot be included.
  std::function<std::string(const std::string& path)> read_file = {};
};

/// A graph read from YAML, everything that is wrong with it, and a plan when nothing is.
struct loaded_graph {
  /// As it was read; null when it could not be read as a graph.
  std::shared_ptr<const graph> source;
  /// Null when a finding is an error.
  std::shared_ptr<const flow_plan> plan;
  /// In the order of files and positions.
  findings found;
  /// The file the graph was read from, and for each included graph the path of its node and its file.
  std::string file;
  /// See `file`.
  std::vector<std::pair<std::string, std::string>> included;

  /// Returns the file that the place `path` is in.
  const std::string& file_of(std::string_view path) const;
  /// Returns `FILE:LINE:COLUMN: error: PATH: TEXT [CODE]`.
  std::string show(const finding& one) const;
};

/// Reads and validates a graph. Reports all findings at once, of the YAML and of the graph; never throws for
/// what is in the files. Throws `error("bad_assignment")` for an assignment that does not fit.
loaded_graph load_graph(const graph_input& input, const node_catalog& catalog);

} // namespace sluice
