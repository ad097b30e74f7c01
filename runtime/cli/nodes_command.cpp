#include "model/config/suggestion.hpp"
#include "runtime/cli/commands.hpp"
#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/json_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace sluice {

namespace {

std::string name_of(const node_type& type) {
  return type.alias.empty() ? type.name : type.name + ", " + type.alias;
}

std::string list_types(const std::vector<const node_type*>& types) {
  std::size_t width = 0;
  for (const auto* type : types)
    width = std::max(width, name_of(*type).size());
  std::string result;
  for (const std::string_view category : {"source", "transform", "sink"}) {
    result += fmt::format("{}{}s:\n", result.empty() ? "" : "\n", category);
    for (const auto* type : types)
      if (type->category == category)
        result += fmt::format("  {:<{}}  {}\n", name_of(*type), width, type->summary);
  }
  return result + "\n`sluice nodes NAME` explains one.\n";
}

/// Breaks `text` into lines of at most 96 bytes, each after `indent`; line feeds in it begin a new paragraph.
std::string wrapped(std::string_view text, const std::string& indent) {
  constexpr std::size_t most = 96;
  std::string result;
  std::string line;
  const auto finish = [&] {
    if (!line.empty())
      result += indent + line + '\n';
    line.clear();
  };
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(" \n"), text.size());
    if (!line.empty() && indent.size() + line.size() + 1 + end > most)
      finish();
    line += (line.empty() || end == 0 ? "" : " ") + std::string(text.substr(0, end));
    if (end < text.size() && text[end] == '\n')
      finish();
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  finish();
  return result;
}

std::string show_ports(const char* title, const std::vector<port_spec>& ports) {
  std::string result;
  for (const auto& port : ports)
    result += fmt::format("  {:<12} {:<6} {}\n", port.name, port.type.name(), port.description);
  return result.empty() ? result : fmt::format("\n{}:\n{}", title, result);
}

std::string show_option(const option_spec& option) {
  const auto kind = option.kind == option_kind::choice
                        ? fmt::format("one of {}", fmt::join(option.choices, ", "))
                        : std::string(describe(option.kind));
  const auto need = option.required                ? std::string("required")
                    : option.default_value.empty() ? std::string("optional")
                                                   : "default " + option.default_value;
  return fmt::format("  {}: {}; {}\n{}", option.name, kind, need, wrapped(option.description, "      "));
}

std::string explain(const node_type& type) {
  auto result = fmt::format("{} ({}): {}\n", name_of(type), type.category, type.summary);
  if (!type.description.empty())
    result += "\n" + wrapped(type.description, "  ");
  result += show_ports("inputs", type.ports.inputs);
  result += show_ports("outputs", type.ports.outputs);
  if (type.ports_for)
    result += "  More ports follow from the options.\n";
  if (!type.options.empty())
    result += "\noptions:\n";
  for (const auto& option : type.options)
    result += show_option(option);
  result += fmt::format("\nruns: {}\n", type.execution == execution_kind::blocking
                                            ? "on a thread of its own (blocking)"
                                            : "on the shared workers (cooperative)");
  return result + fmt::format("\nexample:\n  {}: {}\n", type.name, type.example);
}

} // namespace

int execute(const nodes_arguments& arguments, const node_catalog& catalog, cli_streams& streams) {
  const auto types = arguments.name.empty() ? catalog.types() : catalog.find_all(arguments.name);
  if (types.empty() && !arguments.name.empty()) {
    streams.err << fmt::format("sluice: unknown node type '{}'{}\n", arguments.name,
                               suggest(arguments.name, catalog.names()));
    return exit_status::usage;
  }
  if (arguments.json) {
    streams.out << node_types_json(types) << '\n';
  } else if (arguments.name.empty()) {
    streams.out << list_types(types);
  } else {
    for (const auto* type : types)
      streams.out << (type == types.front() ? "" : "\n") << explain(*type);
  }
  return exit_status::success;
}

} // namespace sluice
