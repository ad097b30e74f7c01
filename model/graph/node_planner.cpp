#include "model/graph/node_planner.hpp"

#include "model/config/option_mistakes.hpp"

#include <fmt/format.h>

#include <unordered_set>

namespace sluice::detail {

namespace {

/// Members of a node's map that are not options of its type.
const std::vector<std::string>& reserved_members() {
  static const std::vector<std::string> names{"type", "on_error", "execution", "doc"};
  return names;
}

/// Returns the only port not named `error`; npos: none or several. A type may wrongly list an `error` port.
std::size_t only_port(const std::vector<port_spec>& ports) {
  auto found = npos;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    if (ports[i].name == error_port)
      continue;
    if (found != npos)
      return npos;
    found = i;
  }
  return found;
}

} // namespace

std::size_t node_draft::find(port_direction direction, std::string_view name) const {
  const auto& ports = direction == port_direction::input ? node.ports.inputs : node.ports.outputs;
  if (name.empty())
    return only_port(ports);
  const auto& by_name = direction == port_direction::input ? inputs : outputs;
  const auto found = by_name.find(name);
  return found == by_name.end() ? npos : found->second;
}

port_choice node_draft::choice(std::string_view id, port_direction direction) const {
  port_choice result;
  result.owner = fmt::format("node '{}'", shown(id));
  result.id = id;
  result.direction = direction;
  const bool is_input = direction == port_direction::input;
  for (const auto& port : node.ports.inputs)
    (is_input ? result.names : result.opposite).push_back(port.name);
  for (const auto& port : node.ports.outputs)
    (is_input ? result.opposite : result.names).push_back(port.name);
  (is_input ? result.opposite : result.names).emplace_back(error_port);
  return result;
}

std::string node_draft::port_id(port_direction direction, std::size_t port) const {
  const auto& ports = direction == port_direction::input ? node.ports.inputs : node.ports.outputs;
  return node.id + "." + (port < ports.size() ? ports[port].name : std::string(error_port));
}

std::optional<port_type> node_draft::type_of(port_direction direction, std::size_t port) const {
  const auto& ports = direction == port_direction::input ? node.ports.inputs : node.ports.outputs;
  return port < ports.size() ? std::optional(ports[port].type) : std::nullopt;
}

node_draft node_planner::plan(const flat_node& declared) {
  const auto& given = *declared.declared;
  node_draft draft;
  draft.node.id = declared.id;
  draft.node.on_error = given.on_error;
  if (given.make) {
    draft.node.type = "c++";
    draft.node.ports = given.ports;
    draft.node.make = given.make;
    draft.ports_known = true;
  } else if (!given.type.empty()) {
    plan_type(declared, draft);
  }
  if (given.execution)
    draft.node.execution = *given.execution;
  check_ports(declared, draft.node.ports.inputs);
  check_ports(declared, draft.node.ports.outputs);
  index_ports(draft);
  return draft;
}

void node_planner::plan_type(const flat_node& declared, node_draft& draft) {
  const auto* type = catalog_.find(declared.declared->type, declared.fed);
  if (type == nullptr)
    return report_unknown_type(declared);
  draft.node.type = type->name;
  draft.node.execution = type->execution;
  draft.node.reach = type->reach;
  draft.node.ports = type->ports;
  draft.ports_known = !type->ports_for;
  const auto before = report_.all().size();
  check_options(type->options, declared.declared->given, declared.path, reserved_members(), report_.all());
  for (auto i = before; i < report_.all().size(); ++i)
    if (!report_.all()[i].position.known())
      report_.all()[i].position = declared.declared->position;
  if (report_.all().size() == before)
    plan_options(declared, *type, draft);
}

void node_planner::plan_options(const flat_node& declared, const node_type& type, node_draft& draft) {
  const auto& given = declared.declared->given;
  auto chosen = std::make_shared<const options>(type.options, given);
  try {
    if (!type.make)
      throw option_error("type", fmt::format("the node type '{}' was registered without a maker", type.name));
    if (type.ports_for) {
      draft.node.ports = type.ports_for(*chosen);
      draft.ports_known = true;
    }
    if (type.execution_for)
      draft.node.execution = type.execution_for(*chosen);
    if (type.make(*chosen) == nullptr)
      throw internal_error(fmt::format("the maker of the node type '{}' made nothing", type.name));
    draft.node.make = [make = type.make, chosen] { return make(*chosen); };
  } catch (const option_mistakes& wrong) {
    report_mistakes(declared, wrong);
  } catch (const option_error& wrong) {
    const auto* value = given.find(wrong.option());
    const bool placed = value != nullptr && value->position().known();
    report_.error(finding_code::bad_value, declared.path + "." + wrong.option(), wrong.what(),
                  placed ? value->position() : declared.declared->position);
  } catch (const internal_error&) {
    throw;
  } catch (const std::exception& wrong) {
    report_.error(finding_code::bad_value, declared.path, wrong.what(), declared.declared->position);
  }
}

void node_planner::report_mistakes(const flat_node& declared, const option_mistakes& wrong) {
  const auto* value = declared.declared->given.find(wrong.option());
  for (const auto& one : wrong.all()) {
    source_position at;
    if (value != nullptr)
      for (const auto& member : value->members())
        if (member.name == one.member)
          at = one.where == option_mistake::part::name ? member.position : member.value.position();
    report_.error(finding_code::bad_value,
                  fmt::format("{}.{}.{}", declared.path, wrong.option(), shown(one.member)), one.text,
                  at.known() ? at : declared.declared->position);
  }
}

void node_planner::report_unknown_type(const flat_node& declared) {
  if (type_names_.empty())
    type_names_ = catalog_.names();
  auto remedy = report_.hint(declared.declared->type, type_names_);
  if (remedy.empty())
    remedy = "; `sluice nodes` lists them";
  const auto& at = declared.declared->type_position;
  report_.error(finding_code::unknown_type, declared.path + ".type",
                fmt::format("unknown node type '{}'{}", shown(declared.declared->type), remedy),
                at.known() ? at : declared.declared->position);
}

void node_planner::check_ports(const flat_node& declared, const std::vector<port_spec>& ports) {
  std::unordered_set<std::string_view> seen;
  for (const auto& port : ports) {
    const auto at = declared.declared->position;
    check_name(port.name, "port", declared.path, at, report_);
    if (port.name == error_port)
      report_.error(finding_code::bad_name, declared.path,
                    "the port name 'error' is taken: every node has an output of that name; choose another",
                    at);
    if (!seen.insert(port.name).second)
      report_.error(finding_code::bad_name, declared.path,
                    fmt::format("the node '{}' has two ports named '{}'; rename one",
                                shown(declared.declared->id), shown(port.name)),
                    at);
  }
}

void node_planner::index_ports(node_draft& draft) const {
  const auto index = [](const std::vector<port_spec>& ports, auto& by_name) {
    for (std::size_t i = 0; i < ports.size(); ++i)
      by_name.try_emplace(ports[i].name, i);
  };
  index(draft.node.ports.inputs, draft.inputs);
  index(draft.node.ports.outputs, draft.outputs);
  // Even a node whose ports are hidden by a mistake has this one.
  draft.outputs.try_emplace(error_port, draft.node.error_output());
}

} // namespace sluice::detail
