#include "runtime/cli/graph_source.hpp"

#include "model/base/error.hpp"
#include "runtime/config/text_file.hpp"

#include <istream>
#include <utility>

namespace sluice {

namespace {

std::string read_stream(std::istream& in) {
  std::string text;
  char block[1 << 16];
  // One byte more than is allowed is enough to know.
  while (text.size() <= configuration_limit && (in.read(block, sizeof block), in.gcount() > 0))
    text.append(block, static_cast<std::size_t>(in.gcount()));
  return text;
}

} // namespace

loaded_graph open_graph(const std::string& file, const std::vector<std::string>& assignments,
                        const node_catalog& catalog, cli_streams& streams) {
  graph_input input;
  input.file = file == "-" ? "<stdin>" : file;
  input.environment = streams.environment;
  input.assignments = assignments;
  input.read_file = [](const std::string& path) { return read_text_file(path); };
  try {
    input.text = file == "-" ? read_stream(streams.in) : read_text_file(file);
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
  for (const auto& one : graph.found)
    all += graph.show(one) + '\n';
  return all;
}

} // namespace sluice
