#include "runtime/server/flow_admission.hpp"

#include "model/base/error.hpp"
#include "model/message/utf8.hpp"
#include "runtime/config/graph_loader.hpp"
#include "runtime/config/text_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace sluice {

namespace {

/// Flows are called in tables, logs and metrics; nothing else depends on their names.
bool is_showable(std::string_view name) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return name.size() <= defaults::name_length && find_invalid_utf8(name) == name.size() &&
         std::none_of(name.begin(), name.end(), is_control);
}

/// Where a node was written, in the structure of its file and in its text.
struct node_place {
  std::string path;
  source_position position = {};
};

/// Follows `outer/inner` from graph to graph.
node_place place_of(const graph& source, std::string_view id) {
  node_place place;
  const auto* within = &source;
  while (within != nullptr) {
    const auto cut = std::min(id.find('/'), id.size());
    const auto name = id.substr(0, cut);
    id.remove_prefix(std::min(cut + 1, id.size()));
    place.path += fmt::format("{}nodes.{}", place.path.empty() ? "" : ".graph.", name);
    const auto found = std::find_if(within->nodes.begin(), within->nodes.end(),
                                    [&](const node_declaration& each) { return each.id == name; });
    if (found == within->nodes.end())
      return place;
    place.position = found->type_position.known() ? found->type_position : found->position;
    within = id.empty() ? nullptr : found->inner.get();
  }
  place.path += ".type";
  return place;
}

std::string objection_to(const planned_node& node) {
  if (node.reach == node_reach::standard_streams)
    return fmt::format("'{}' is the standard {} of the process, which belongs to the server here; use a file",
                       node.type, node.is_source() ? "input" : "output");
  return fmt::format(
      "'{}' opens files, starts programs or calls servers, and a caller without a token may not; "
      "send one, or let the server's owner set security.allow_unauthenticated_exec",
      node.type);
}

bool is_refused(const planned_node& node, bool allow_execution) {
  return node.reach == node_reach::standard_streams ||
         (node.reach == node_reach::outside && !allow_execution);
}

void refuse_reach(const loaded_graph& loaded, bool allow_execution, findings& out) {
  for (const auto& node : loaded.plan->nodes()) {
    if (!is_refused(node, allow_execution))
      continue;
    auto place = place_of(*loaded.source, node.id);
    out.push_back({finding::level::error, finding_code::not_allowed, std::move(place.path),
                   objection_to(node), place.position});
  }
}

loaded_graph load(const flow_submission& submission, const node_catalog& nodes,
                  const environment_lookup& environment) {
  graph_input input;
  input.file = submission.file;
  input.text = submission.yaml;
  if (!submission.file.empty()) {
    input.environment = environment;
    input.read_file = [](const std::string& path) { return read_text_file(path); };
  }
  return load_graph(input, nodes);
}

/// The name is part of the plan, as flows are called by it in metrics and errors.
std::shared_ptr<const flow_plan> renamed(const graph& source, const std::string& name,
                                         const node_catalog& nodes) {
  auto copy = source;
  copy.name = name;
  return validate(copy, nodes).plan;
}

} // namespace

admitted_flow admit_flow(const flow_submission& submission, const node_catalog& nodes,
                         const environment_lookup& environment) {
  if (!is_showable(submission.name))
    throw error("bad_name", fmt::format("name: a flow's name is one line of text, at most {} bytes of UTF-8",
                                        defaults::name_length));
  auto loaded = load(submission, nodes, environment);
  admitted_flow result{loaded.plan, std::move(loaded.found)};
  if (!result.plan)
    return result;
  refuse_reach(loaded, submission.allow_execution, result.found);
  if (has_errors(result.found))
    result.plan = nullptr;
  else if (!submission.name.empty() && submission.name != result.plan->name())
    result.plan = renamed(*loaded.source, submission.name, nodes);
  return result;
}

} // namespace sluice
