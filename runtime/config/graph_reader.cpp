#include "runtime/config/graph_reader.hpp"

#include "model/config/map_reader.hpp"
#include "model/config/yaml_document.hpp"
#include "runtime/config/edge_loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace sluice {

namespace {

std::string join(const std::string& prefix, std::string_view name) {
  return prefix.empty() ? std::string(name) : fmt::format("{}.{}", prefix, name);
}

std::string resolve(const std::string& including, const std::string& name) {
  const std::filesystem::path path(name);
  return path.is_absolute()
             ? name
             : (std::filesystem::path(including).parent_path() / path).lexically_normal().string();
}

} // namespace

graph graph_reader::read(const config_value& root, const std::string& file, const std::string& prefix) {
  files_.push_back(file);
  auto result = read_graph(root, file, prefix, true);
  files_.pop_back();
  return result;
}

graph graph_reader::read_graph(const config_value& map, const std::string& file, const std::string& prefix,
                               bool top) {
  graph result;
  if (!map.is_map()) {
    incomplete_ = true;
    report(finding_code::bad_value, prefix,
           fmt::format("expected a map with version, nodes and edges, found {}", map.describe()),
           map.position());
    return result;
  }
  map_reader reader(map, prefix, out_);
  if (top || map.find("version"))
    read_version(reader);
  if (auto name = reader.text("name"); name && !name->empty())
    result.name = *name;
  (void)reader.text("doc");
  if (const auto* nodes = reader.map("nodes"))
    read_nodes(*nodes, file, prefix, result);
  else if (!map.find("nodes") || map.find("nodes")->is_null())
    reader.report(finding_code::bad_value, "nodes", "'nodes' is missing: a graph needs at least one node");
  if (const auto* edges = reader.list("edges")) {
    auto loaded = load_edges(*edges, join(prefix, "edges"), out_);
    incomplete_ |= loaded.incomplete;
    edge_items_.emplace(join(prefix, "edges"), std::move(loaded.items));
    result.edges = std::move(loaded.edges);
  } else if (const auto* given = map.find("edges"); given && !given->is_null()) {
    incomplete_ = true;
  }
  result.inputs = read_exposed(reader, "inputs");
  result.outputs = read_exposed(reader, "outputs");
  if (const auto* errors = reader.scalar("errors")) {
    result.errors = errors->text();
    result.errors_position = errors->position();
  }
  reader.refuse_unknown();
  return result;
}

void graph_reader::read_version(map_reader& reader) {
  const auto* version = reader.scalar("version");
  if (!reader.value("version"))
    reader.report(finding_code::bad_value, "version", "'version' is missing; write version: 1");
  else if (version && version->text() != "1")
    reader.report(
        finding_code::bad_value, "version",
        fmt::format("version '{}' is not known to this program; it reads version 1", version->text()));
}

void graph_reader::read_nodes(const config_value& nodes, const std::string& file, const std::string& prefix,
                              graph& out) {
  const auto path = join(prefix, "nodes");
  for (const auto& member : nodes.members())
    out.nodes.push_back(read_node(member, file, join(path, member.name)));
}

node_declaration graph_reader::read_node(const config_value::member& member, const std::string& file,
                                         const std::string& path) {
  node_declaration node;
  node.id = member.name;
  node.position = member.position;
  node.type_position = member.position;
  node.given = member.value;
  if (!member.value.is_map()) {
    mark_broken(path);
    report(finding_code::bad_value, path,
           fmt::format("expected a map such as {{ type: stdin }}, found {}", member.value.describe()),
           member.value.position().known() ? member.value.position() : member.position);
    return node;
  }
  map_reader reader(member.value, path, out_);
  if (const auto* inner = reader.value("graph")) {
    read_inner(*inner, reader, file, node);
    return node;
  }
  node.on_error = read_error_policy(reader);
  if (const auto execution = reader.choice("execution", {"cooperative", "blocking"}))
    node.execution = *execution == "blocking" ? execution_kind::blocking : execution_kind::cooperative;
  read_type(reader, node);
  return node;
}

void graph_reader::read_type(map_reader& reader, node_declaration& node) {
  const auto& members = reader.map().members();
  const auto given =
      std::find_if(members.begin(), members.end(), [](const auto& one) { return one.name == "type"; });
  if (given == members.end() || (given->value.is_null() && given->value.position() == given->position)) {
    mark_broken(reader.path());
    reader.report_at(finding_code::bad_value, "type", "'type' is missing; `sluice nodes` lists the types",
                     node.position);
    return;
  }
  node.type_position = given->value.position();
  if (given->value.is_null())
    node.type = "null"; // written without quotes, YAML's null is the node's name
  else if (const auto* type = reader.scalar("type"))
    node.type = type->text();
  if (node.type.empty())
    mark_broken(reader.path());
}

void graph_reader::read_inner(const config_value& inner, map_reader& reader, const std::string& file,
                              node_declaration& node) {
  if (reader.value("type"))
    reader.report(finding_code::bad_value, "type", "a node has a type or a graph, not both; remove one");
  (void)reader.value("doc");
  reader.refuse_unknown();
  const auto path = reader.path_of("graph");
  std::optional<graph> result;
  ++depth_;
  if (depth_ > include_depth_limit)
    report(finding_code::bad_value, path, fmt::format("graphs nest deeper than {}", include_depth_limit),
           inner.position());
  else if (inner.find("file"))
    result = include(inner, file, path);
  else
    result = read_graph(inner, file, path, false);
  --depth_;
  if (result)
    node.inner = std::make_shared<const graph>(std::move(*result));
  else
    mark_broken(reader.path());
}

std::optional<graph> graph_reader::include(const config_value& reference, const std::string& file,
                                           const std::string& path) {
  map_reader reader(reference, path, out_);
  const auto name = reader.text("file");
  reader.refuse_unknown();
  const auto refuse = [&](std::string text) {
    reader.report(finding_code::bad_value, "file", std::move(text));
    return std::nullopt;
  };
  if (!name)
    return std::nullopt;
  if (!input_.read_file)
    return refuse("this graph cannot include files; write the inner graph in place");
  const auto target = resolve(file, *name);
  if (std::find(files_.begin(), files_.end(), target) != files_.end())
    return refuse(fmt::format("'{}' includes itself", target));
  try {
    return read_included(input_.read_file(target), target, path);
  } catch (const error& failed) {
    return refuse(failed.what());
  }
}

std::optional<graph> graph_reader::read_included(const std::string& text, const std::string& file,
                                                 const std::string& path) {
  included_.emplace_back(path, file);
  auto document = read_yaml(text);
  const auto root = substitute_environment(document.root, input_.environment, document.found);
  for (auto& found : document.found) {
    found.path = found.path.empty() ? path : join(path, found.path);
    out_.push_back(std::move(found));
  }
  if (root.is_null())
    return std::nullopt;
  return read(root, file, path);
}

error_settings graph_reader::read_error_policy(map_reader& reader) {
  error_settings settings;
  const auto* given = reader.value("on_error");
  if (!given)
    return settings;
  if (!given->is_map()) {
    if (const auto name = reader.choice("on_error", error_policy_names()))
      settings.policy = *parse_error_policy(*name);
    return settings;
  }
  map_reader inner(*given, reader.path_of("on_error"), out_);
  if (const auto name = inner.choice("policy", error_policy_names()))
    settings.policy = *parse_error_policy(*name);
  if (const auto limit = inner.count("limit", 0, 1'000'000))
    settings.restart_limit = static_cast<unsigned>(*limit);
  if (const auto backoff = inner.duration("backoff"))
    settings.restart_backoff = *backoff;
  inner.refuse_unknown();
  return settings;
}

std::vector<exposed_port> graph_reader::read_exposed(map_reader& reader, std::string_view name) {
  std::vector<exposed_port> ports;
  const auto* map = reader.map(name);
  if (!map)
    return ports;
  for (const auto& member : map->members()) {
    const auto inner = member.value.is_scalar() ? parse_endpoint(member.value.text()) : std::nullopt;
    if (inner) {
      ports.push_back({member.name, *inner, member.value.position()});
      continue;
    }
    incomplete_ = true;
    report(finding_code::bad_expose, reader.path_of(name) + "." + member.name,
           fmt::format("expected an inner port such as node.port, found {}",
                       member.value.is_scalar() ? "'" + member.value.text() + "'"
                                                : std::string(member.value.describe())),
           member.value.position());
  }
  return ports;
}

void graph_reader::mark_broken(const std::string& path) {
  incomplete_ = true;
  broken_.push_back(path);
}

void graph_reader::report(const char* code, const std::string& path, std::string text, source_position at) {
  out_.push_back({finding::level::error, code, path, std::move(text), at});
}

} // namespace sluice
