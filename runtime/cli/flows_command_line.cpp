#include "runtime/cli/flows_command_line.hpp"

#include "model/config/quantity.hpp"
#include "runtime/cli/command_options.hpp"
#include "runtime/cli/grouped_command.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include <string>

namespace sluice {

namespace {

/// Adds commands to the group `flows`. What is parsed lives as long as the parser, which keeps the callbacks.
class flows_group {
public:
  flows_group(CLI::App& app, std::optional<cli_command>& chosen)
      : group_(*app.add_subcommand("flows", "Start, watch and steer graphs that run on a server")),
        chosen_(chosen) {
    group_.require_subcommand(1);
  }

  void add_all() {
    add_start();
    add<flows_list_arguments>("list", "List flows, newest first");
    auto* const show =
        add<flows_show_arguments>("show", "Show a flow: its nodes and edges with their counters");
    add_flow(show->flow);
    add_stop();
    add_order("pause", "Let a flow stand still; its sources are not read meanwhile");
    add_order("resume", "Let a flow that stands still go on");
    add_control();
    add_set_edge();
  }

private:
  /// Makes `command_` and returns what its options are to fill.
  template <class Action>
  Action* add(const char* name, const char* description) {
    auto& given = add_grouped<flows_arguments, Action>(group_, name, description, chosen_, command_);
    sluice::add_server(*command_, given.common.server);
    add_output(*command_, given.common.json);
    return &given.action;
  }

  void add_flow(std::string& flow) {
    command_->add_option("FLOW", flow, "The flow's id, or its name if no other flow has it")
        ->type_name("FLOW")
        ->required();
  }

  void add_start() {
    auto* const start = add<flows_start_arguments>("start", "Start a graph on the server and print its id");
    command_->add_option("FILE", start->file, "The graph, as YAML; - reads standard input")
        ->required()
        ->type_name("FILE");
    command_->add_option("--name", start->name, "What to call it (default: the graph's own name)")
        ->type_name("NAME");
    command_->footer("The server checks the graph; what is wrong with it is printed as `sluice validate` "
                     "does (exit status 78).\nIts files and its environment are those of the server.");
  }

  void add_stop() {
    auto* const stop = add_order("stop", "Stop a flow's sources and let its edges drain");
    command_
        ->add_option("--drain-timeout", stop->drain_timeout,
                     "How long edges may take to empty (default: 30s); what is left is discarded")
        ->check([](const std::string& text) {
          return parse_duration(text) ? std::string{}
                                      : fmt::format("'{}' is not a duration such as 250ms or 30s", text);
        })
        ->type_name("DURATION");
  }

  flows_order_arguments* add_order(const char* name, const char* description) {
    auto* const order = add<flows_order_arguments>(name, description);
    order->order = name;
    add_flow(order->flow);
    return order;
  }

  void add_control() {
    auto* const control = add<flows_control_arguments>("control", "Send a control message to a node");
    add_flow(control->flow);
    command_->add_option("NODE", control->node, "The node's path, as `flows show` has it")
        ->required()
        ->type_name("NODE");
    command_->add_option("JSON", control->payload, "The message: a JSON object")
        ->required()
        ->type_name("JSON");
    command_->footer("Control messages overtake data. Exit status 1 when the node has as many waiting as it "
                     "can hold.");
  }

  void add_set_edge() {
    auto* const edge = add<flows_set_edge_arguments>("set-edge", "Change an edge of a flow while it runs");
    add_flow(edge->flow);
    command_->add_option("EDGE", edge->edge, "The edge's id, as `flows show` has it")
        ->required()
        ->type_name("EDGE");
    auto* const capacity =
        add_count(*command_, "--capacity", edge->capacity, 1, "How many messages it may hold");
    auto* const priority = add_choice(
        *command_, "--priority", {"urgent", "high", "normal"},
        [edge](const std::string& band) { edge->priority = band; }, "How its consumer serves it");
    command_->parse_complete_callback([capacity, priority] {
      if (capacity->count() == 0 && priority->count() == 0)
        throw CLI::RequiredError("--capacity or --priority");
    });
  }

  CLI::App& group_;
  /// The one that was added last.
  CLI::App* command_ = nullptr;
  std::optional<cli_command>& chosen_;
};

} // namespace

void add_flows_commands(CLI::App& app, std::optional<cli_command>& chosen) {
  flows_group(app, chosen).add_all();
}

} // namespace sluice
