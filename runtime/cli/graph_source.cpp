#include "runtime/cli/graph_source.hpp"

#include "model/base/error.hpp"
#include "runtime/cli/text_input.hpp"
#include "runtime/config/text_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

/// Nobody reads further, and a broken generator of graphs makes as many as it likes.
constexpr std::size_t findings_shown = 100;

} // namespace

loaded_graph open_graph(const std::string& file, const std::vector<std::string>& assignments,
                        const node_catalog& catalog, cli_streams& streams) {
  graph_input input;
  input.file = input_name(file);
  input.environment = streams.environment;
  input.assignments = assignments;
  input.read_file = [](const std::string& path) { return read_text_file(path); };
  try {
    input.text = read_input(file, streams);
  } catch (const error& failed) {
    loaded_graph unread;
    unread.file = input.file;
    unread.found.push_back({finding::level::error, finding_code::syntax, "", failed.what(), {}});
    return unread;
  }
  return load_graph(input, catalog);
}

std::string show_findings(const loaded_graph& graph) {
  std::string all;
  const auto errors = static_cast<std::size_t>(std::count_if(
      graph.found.begin(), graph.found.end(), [](const finding& one) { return one.is_error(); }));
  std::size_t errors_left = findings_shown;
  std::size_t warnings_left = findings_shown - std::min(errors, findings_shown);
  std::size_t hidden = 0;
  for (const auto& one : graph.found) {
    auto& left = one.is_error() ? errors_left : warnings_left;
    if (left == 0) {
      ++hidden;
      continue;
    }
    --left;
    all += graph.show(one) + '\n';
  }
  if (hidden != 0)
    all +=
        fmt::format("{}: {} more findings; `sluice validate --format json` lists all\n", graph.file, hidden);
  return all;
}

} // namespace sluice
