#include "runtime/cli/json_output.hpp"

#include <nlohmann/json.hpp>

namespace sluice {

namespace {

using document = nlohmann::ordered_json;

std::string dump(const document& value) {
  return value.dump(-1, ' ', false, document::error_handler_t::replace);
}

document describe(const node_counters& counters) {
  return {{"in", counters.in},     {"out", counters.out},       {"errors", counters.errors},
          {"held", counters.held}, {"outbox", counters.outbox}, {"discarded", counters.discarded}};
}

document describe(const edge_snapshot& edge) {
  const auto& counters = edge.counters;
  return {
      {"capacity", counters.capacity}, {"policy", to_string(edge.policy)}, {"offered", counters.offered},
      {"accepted", counters.accepted}, {"delivered", counters.delivered},  {"dropped", counters.dropped},
      {"refused", counters.refused()}, {"replaced", counters.replaced},    {"coalesced", counters.coalesced},
      {"evicted", counters.evicted},   {"discarded", counters.discarded},  {"depth", counters.depth}};
}

document describe(const finding& one, const loaded_graph& graph) {
  document result{{"file", graph.file_of(one.path)}};
  if (one.position.known()) {
    result["line"] = one.position.line;
    result["column"] = one.position.column;
  }
  result["severity"] = one.is_error() ? "error" : "warning";
  result["code"] = one.code;
  result["path"] = one.path;
  result["text"] = one.text;
  return result;
}

document describe(const std::vector<port_spec>& ports) {
  auto list = document::array();
  for (const auto& port : ports)
    list.push_back(
        {{"name", port.name}, {"type", std::string(port.type.name())}, {"description", port.description}});
  return list;
}

const char* kind_name(option_kind kind) {
  switch (kind) {
  case option_kind::string:
    return "string";
  case option_kind::integer:
    return "integer";
  case option_kind::number:
    return "number";
  case option_kind::boolean:
    return "boolean";
  case option_kind::duration:
    return "duration";
  case option_kind::size:
    return "size";
  case option_kind::choice:
    return "choice";
  case option_kind::string_list:
    return "string_list";
  case option_kind::string_map:
    return "string_map";
  case option_kind::any:
    return "any";
  }
  return "any";
}

document describe(const option_spec& option) {
  document result{{"name", option.name}, {"kind", kind_name(option.kind)}, {"required", option.required}};
  if (!option.default_value.empty())
    result["default"] = option.default_value;
  if (!option.choices.empty())
    result["choices"] = option.choices;
  if (option.minimum)
    result["minimum"] = *option.minimum;
  if (option.maximum)
    result["maximum"] = *option.maximum;
  result["description"] = option.description;
  return result;
}

document describe(const node_type& type) {
  document result{{"name", type.name},
                  {"category", type.category},
                  {"summary", type.summary},
                  {"description", type.description}};
  if (!type.alias.empty())
    result["alias"] = type.alias;
  result["execution"] = type.execution == execution_kind::blocking ? "blocking" : "cooperative";
  result["inputs"] = describe(type.ports.inputs);
  result["outputs"] = describe(type.ports.outputs);
  result["ports_depend_on_options"] = static_cast<bool>(type.ports_for);
  result["options"] = document::array();
  for (const auto& option : type.options)
    result["options"].push_back(describe(option));
  result["example"] = type.example;
  return result;
}

} // namespace

std::string summary_json(const flow_summary& summary) {
  document result{{"graph", summary.final.name},
                  {"outcome", to_string(summary.outcome)},
                  {"duration_s", static_cast<double>(summary.duration_ns) / 1e9},
                  {"nodes", document::object()},
                  {"edges", document::object()}};
  for (const auto& node : summary.final.nodes)
    result["nodes"][node.id] = describe(node.counters);
  for (const auto& edge : summary.final.edges)
    result["edges"][edge.id] = describe(edge);
  result["discarded"] = summary.discarded;
  if (!summary.reason.empty())
    result["reason"] = summary.reason;
  if (summary.deadline_exceeded)
    result["deadline_exceeded"] = true;
  if (!summary.stuck.empty())
    result["stuck"] = summary.stuck;
  return dump(result);
}

std::string findings_json(const std::vector<loaded_graph>& files) {
  document result{{"valid", true}, {"files", document::array()}};
  for (const auto& file : files) {
    const bool valid = !has_errors(file.found);
    if (!valid)
      result["valid"] = false;
    document entry{{"file", file.file}, {"valid", valid}, {"findings", document::array()}};
    for (const auto& one : file.found)
      entry["findings"].push_back(describe(one, file));
    result["files"].push_back(std::move(entry));
  }
  return dump(result);
}

std::string node_types_json(const std::vector<const node_type*>& types) {
  auto list = document::array();
  for (const auto* type : types)
    list.push_back(describe(*type));
  return dump(list);
}

} // namespace sluice
