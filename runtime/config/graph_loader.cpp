#include "runtime/config/graph_loader.hpp"

#include "model/config/quantity.hpp"
#include "model/config/yaml_document.hpp"
#include "runtime/config/assignment.hpp"
#include "runtime/config/graph_reader.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_set>

namespace sluice {

namespace {

bool is_below(std::string_view path, std::string_view place) {
  return path.substr(0, place.size()) == place &&
         (path.size() == place.size() || path[place.size()] == '.' || path[place.size()] == '[');
}

/// Replaces edge numbers of validation, which counts a chain's edges, by those of the file, which has one
/// item for it.
std::string renumber_edges(const std::string& text, const graph_reader& reader) {
  constexpr std::string_view mark = "edges[";
  std::string result;
  std::size_t done = 0;
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, done)) {
    const auto digits = at + mark.size();
    const auto end = text.find(']', digits);
    const auto start = text.find_last_of(" '", at) + 1; // 0 when there is none
    const auto items = reader.edge_items().find(text.substr(start, at - start) + "edges");
    const auto written = end == std::string::npos ? std::string() : text.substr(digits, end - digits);
    const auto number = static_cast<std::size_t>(parse_integer(written).value_or(-1));
    result.append(text, done, digits - done);
    done = digits;
    if (items == reader.edge_items().end() || number >= items->second.size())
      continue;
    result += std::to_string(items->second[number]);
    done = end;
  }
  return result.append(text, done);
}

/// Returns true when `path` or a place around it is in `places`.
bool is_within(std::string_view path, const std::unordered_set<std::string>& places) {
  while (!path.empty()) {
    if (places.count(std::string(path)) > 0)
      return true;
    const auto cut = path.find_last_of(".[");
    path = path.substr(0, cut == std::string_view::npos ? 0 : cut);
  }
  return false;
}

/// Adds what validation found, but for what only repeats or follows from an error that reading the file
/// reported.
void add_validation(const findings& validated, const graph_reader& reader, findings& out) {
  std::unordered_set<std::string> reported(reader.broken().begin(), reader.broken().end());
  for (const auto& earlier : out)
    if (earlier.is_error())
      reported.insert(earlier.path);
  for (auto one : validated) {
    const bool follows = one.code == finding_code::missing_input || one.code == finding_code::no_consumer;
    one.path = renumber_edges(one.path, reader);
    one.text = renumber_edges(one.text, reader);
    if (!(follows && reader.incomplete()) && !is_within(one.path, reported))
      out.push_back(std::move(one));
  }
}

/// Sorts by file, then by place; what has no place comes first.
void sort_findings(loaded_graph& loaded) {
  const auto file_number = [&](const finding& one) {
    const auto& file = loaded.file_of(one.path);
    const auto found = std::find_if(loaded.included.begin(), loaded.included.end(),
                                    [&](const auto& pair) { return pair.second == file; });
    return file == loaded.file ? 0 : found - loaded.included.begin() + 1;
  };
  const auto rank = [&](const finding& one) {
    return std::make_tuple(file_number(one), one.position.line, one.position.column);
  };
  std::stable_sort(loaded.found.begin(), loaded.found.end(),
                   [&](const finding& a, const finding& b) { return rank(a) < rank(b); });
}

void read_and_validate(const config_value& given, const graph_input& input, const node_catalog& catalog,
                       loaded_graph& loaded) {
  const auto root = substitute_environment(given, input.environment, loaded.found);
  graph_reader reader(input, loaded.found);
  loaded.source = std::make_shared<const graph>(reader.read(root, input.file, ""));
  loaded.included = reader.included();
  if (!root.is_map())
    return; // there is nothing that could be validated
  const auto checked = validate(*loaded.source, catalog);
  add_validation(checked.found, reader, loaded.found);
  if (!has_errors(loaded.found))
    loaded.plan = checked.plan;
}

} // namespace

const std::string& loaded_graph::file_of(std::string_view path) const {
  const std::string* best = &file;
  std::size_t length = 0;
  for (const auto& [place, name] : included) {
    if (place.size() >= length && is_below(path, place) && path != place + ".file") {
      best = &name;
      length = place.size();
    }
  }
  return *best;
}

std::string loaded_graph::show(const finding& one) const {
  return to_string(one, file_of(one.path));
}

loaded_graph load_graph(const graph_input& input, const node_catalog& catalog) {
  loaded_graph loaded;
  loaded.file = input.file;
  auto document = read_yaml(input.text);
  loaded.found = std::move(document.found);
  auto root = std::move(document.root);
  if (root.is_null()) {
    if (loaded.found.empty())
      loaded.found.push_back({finding::level::error, finding_code::syntax, "",
                              "the file says nothing; it needs at least version, nodes and edges",
                              root.position()});
    return loaded;
  }
  for (const auto& assignment : input.assignments)
    root = assign(root, assignment);
  read_and_validate(root, input, catalog, loaded);
  sort_findings(loaded);
  return loaded;
}

} // namespace sluice
