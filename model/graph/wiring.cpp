#include "model/graph/wiring.hpp"

#include "model/base/name.hpp"

#include <fmt/format.h>

#include <map>
#include <tuple>

namespace sluice::detail {

namespace {

class wiring_check {
public:
  wiring_check(const flat_graph& flat, const std::vector<node_draft>& nodes, const endpoints& ends,
               const port_usage& usage, bool errors_in_doubt, validation_report& report)
      : flat_(flat), nodes_(nodes), usage_(usage), errors_in_doubt_(errors_in_doubt), report_(report) {
    for (const auto& one : ends.exposures()) {
      const auto port = nodes[one.target.node].find(one.direction, one.target.port);
      if (port != npos)
        exposed_.insert_or_assign({one.direction, one.target.node, port}, &one);
    }
  }

  void run() {
    for (std::size_t node = 0; node < nodes_.size(); ++node)
      if (nodes_[node].ports_known)
        check(node);
  }

private:
  void check(std::size_t node) {
    check_errors(node);
    const auto& ports = nodes_[node].node.ports;
    if (is_alone(node))
      return report_alone(node);
    for (std::size_t port = 0; port < ports.inputs.size(); ++port)
      if (!flat_.nodes[node].inputs_in_doubt && !usage_.used(port_direction::input, node, port))
        report_missing_input(node, port);
    for (std::size_t port = 0; port < ports.outputs.size(); ++port)
      if (!flat_.nodes[node].outputs_in_doubt && !usage_.used(port_direction::output, node, port))
        report_no_consumer(node, port);
  }

  /// A node with inputs that nothing enters or leaves: one finding says more than one for each port.
  bool is_alone(std::size_t node) const {
    const auto& ports = nodes_[node].node.ports;
    const auto unused = [&](port_direction direction, std::size_t count) {
      for (std::size_t port = 0; port < count; ++port)
        if (usage_.used(direction, node, port) || exposed_.count({direction, node, port}) > 0)
          return false;
      return true;
    };
    return !ports.inputs.empty() && !flat_.nodes[node].inputs_in_doubt &&
           !flat_.nodes[node].outputs_in_doubt && unused(port_direction::input, ports.inputs.size()) &&
           unused(port_direction::output, ports.outputs.size());
  }

  void report_alone(std::size_t node) {
    const auto& declared = *flat_.nodes[node].declared;
    report_.error(
        finding_code::missing_input, flat_.nodes[node].path,
        fmt::format("the node '{}' is not connected: no edge brings it messages; add one, or remove the node",
                    shown(declared.id)),
        declared.position);
  }

  void report_missing_input(std::size_t node, std::size_t port) {
    const auto id = nodes_[node].port_id(port_direction::input, port);
    if (const auto* outer = exposure_of(port_direction::input, node, port)) {
      const auto& scope = flat_.scopes[outer->outermost];
      if (is_misnamed(scope))
        return;
      report_.error(finding_code::missing_input, scope.owner_path,
                    fmt::format("no edge enters '{}.{}' of the subgraph ('{}' inside); add one",
                                shown(scope.owner->id), shown(outer->name), shown(id)),
                    scope.position());
      return;
    }
    report_.error(finding_code::missing_input, flat_.nodes[node].path,
                  fmt::format("no edge enters the input port '{}'; add one", shown(id)),
                  flat_.nodes[node].declared->position);
  }

  void report_no_consumer(std::size_t node, std::size_t port) {
    if (nodes_[node].node.ports.outputs[port].name == error_port)
      return; // a port of that name has been refused
    const auto id = nodes_[node].port_id(port_direction::output, port);
    constexpr const char* remedy =
        "what it sends is thrown away; add an edge, to a node of type null if that is meant";
    if (const auto* outer = exposure_of(port_direction::output, node, port)) {
      const auto& scope = flat_.scopes[outer->outermost];
      if (is_misnamed(scope))
        return;
      report_.warning(finding_code::no_consumer, scope.owner_path,
                      fmt::format("no edge leaves '{}.{}' of the subgraph ('{}' inside); {}",
                                  shown(scope.owner->id), shown(outer->name), shown(id), remedy),
                      scope.position());
      return;
    }
    report_.warning(finding_code::no_consumer, flat_.nodes[node].path,
                    fmt::format("no edge leaves the output port '{}'; {}", shown(id), remedy),
                    flat_.nodes[node].declared->position);
  }

  /// No edge can mean such a subgraph; its name has been reported.
  static bool is_misnamed(const flat_scope& scope) { return scope.owner && !is_valid_name(scope.owner->id); }

  void check_errors(std::size_t node) {
    const auto& declared = *flat_.nodes[node].declared;
    const auto port = nodes_[node].node.error_output();
    if (declared.on_error.policy != error_policy::emit_error || errors_in_doubt_ ||
        usage_.used(port_direction::output, node, port))
      return;
    const auto* given = declared.given.find("on_error");
    report_.error(
        finding_code::bad_value, flat_.nodes[node].path + ".on_error",
        fmt::format("emit_error needs somewhere to send errors: connect '{}.error'{}", shown(declared.id),
                    collected_above(node)
                        ? "; the graph's `errors` node cannot take them: it is this node or leads to it"
                        : ", or name a node in the graph's `errors`"),
        given != nullptr && given->position().known() ? given->position() : declared.position);
  }

  /// Returns whether a graph around the node has an `errors` node.
  bool collected_above(std::size_t node) const {
    for (auto scope = flat_.nodes[node].scope; scope != npos; scope = flat_.scopes[scope].parent)
      if (!flat_.scopes[scope].source->errors.empty())
        return true;
    return false;
  }

  const exposure* exposure_of(port_direction direction, std::size_t node, std::size_t port) const {
    const auto found = exposed_.find({direction, node, port});
    return found == exposed_.end() ? nullptr : found->second;
  }

  const flat_graph& flat_;
  const std::vector<node_draft>& nodes_;
  const port_usage& usage_;
  bool errors_in_doubt_;
  validation_report& report_;
  std::map<std::tuple<port_direction, std::size_t, std::size_t>, const exposure*> exposed_;
};

} // namespace

void check_wiring(const flat_graph& flat, const std::vector<node_draft>& nodes, const endpoints& ends,
                  const port_usage& usage, bool errors_in_doubt, validation_report& report) {
  wiring_check(flat, nodes, ends, usage, errors_in_doubt, report).run();
}

} // namespace sluice::detail
