#include "nodes/records/route.hpp"

#include "model/base/name.hpp"
#include "model/config/option_mistakes.hpp"
#include "nodes/jq/jq_program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace sluice {

namespace {

constexpr const char* routes_option = "routes";
constexpr const char* else_port = "else";

using mistakes = std::vector<option_mistake>;

/// Returns the programs of all routes but those that it adds to `wrong`.
std::vector<jq_program> compile_routes(const options& given, mistakes& wrong) {
  std::vector<jq_program> programs;
  for (const auto& [port, program] : given.get_string_map(routes_option)) {
    try {
      programs.emplace_back(program, routes_option);
    } catch (const option_error& refused) {
      wrong.push_back({port, option_mistake::part::value, refused.what()});
    }
  }
  return programs;
}

class route final : public node {
public:
  /// Throws `option_mistakes` for programs that do not compile.
  explicit route(const options& given) {
    mistakes wrong;
    programs_ = compile_routes(given, wrong);
    if (!wrong.empty())
      throw option_mistakes(routes_option, std::move(wrong));
  }

  void on_message(node_context& context, std::size_t, message& in) override {
    const auto chosen =
        std::find_if(programs_.begin(), programs_.end(), [&](jq_program& one) { return one.test(in); });
    context.emit(static_cast<std::size_t>(chosen - programs_.begin()), std::move(in));
  }

private:
  /// By output; the output after the last of them is `else`.
  std::vector<jq_program> programs_;
};

/// Returns what is wrong with the name of a route, or an empty string.
std::string name_complaint(const std::string& port) {
  if (!is_valid_name(port))
    return fmt::format("'{}' cannot name a port: use letters, digits, _ and -", port);
  if (port == else_port || port == error_port)
    return fmt::format("every route node has the port '{0}' already; rename the route '{0}'", port);
  return {};
}

node_ports ports_of(const options& given) {
  node_ports ports;
  ports.inputs = {{input_port, port_type::any(), "any messages"}};
  const auto routes = given.get_string_map(routes_option);
  if (routes.empty())
    throw option_error(routes_option, "there is no route; name at least one port and its jq program");
  mistakes wrong;
  for (const auto& [port, program] : routes) {
    if (auto complaint = name_complaint(port); !complaint.empty())
      wrong.push_back({port, option_mistake::part::name, std::move(complaint)});
    ports.outputs.push_back({port, port_type::any(), program});
  }
  if (!wrong.empty()) {
    // The node will not be made, which is when its programs would be looked at.
    (void)compile_routes(given, wrong);
    throw option_mistakes(routes_option, std::move(wrong));
  }
  ports.outputs.push_back({else_port, port_type::any(), "what no route took"});
  return ports;
}

bool all_native(const options& given) {
  const auto routes = given.get_string_map(routes_option);
  return std::all_of(routes.begin(), routes.end(),
                     [](const auto& one) { return jq_program::runs_natively(one.second); });
}

} // namespace

node_type route_type() {
  node_type type;
  type.name = "route";
  type.category = "transform";
  type.summary = "Sends each message to the first output whose jq program is true.";
  type.description = "Routes are asked in the order of the file, and the message goes, untouched, to the "
                     "port of the first whose program "
                     "gives neither false nor null; when there is none, to the port else. A message never "
                     "goes to two ports. Programs see "
                     "messages as those of filter do.\n\n"
                     "A program that fails is the error jq_error with the message as it came; later routes "
                     "are then not asked.";
  type.options = {
      {routes_option, option_kind::string_map, true, "", "output ports and their jq programs, in order"}};
  type.ports.inputs = {{input_port, port_type::any(), "any messages"}};
  type.ports.outputs = {{else_port, port_type::any(), "what no route took; one more output for each route"}};
  type.example = "{ type: route, routes: { failed: '.status >= 500', slow: '.took_ms > 1000' } }";
  type.make = [](const options& given) {
    (void)ports_of(given);
    return std::make_unique<route>(given);
  };
  type.ports_for = ports_of;
  type.execution_for = [](const options& given) {
    return all_native(given) ? execution_kind::cooperative : execution_kind::blocking;
  };
  return type;
}

} // namespace sluice
