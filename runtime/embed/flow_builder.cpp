#include "runtime/embed/flow_builder.hpp"

#include <utility>

namespace sluice {

flow flow_builder::start(flow_runtime& runtime, flow_options settings, const node_catalog& catalog) const {
  const auto checked = validate(graph_.build(), catalog);
  if (!checked.plan) {
    std::string text;
    for (const auto& each : checked.found)
      if (each.is_error())
        text += (text.empty() ? "" : "\n") + to_string(each);
    throw error("invalid_graph", text);
  }
  // A flow may fail before the node of a line was ever made.
  settings.ended = [lines = lines_, then = std::move(settings.ended)](const flow_summary& summary) {
    for (const auto& each : lines)
      each->end_if_unserved();
    if (then)
      then(summary);
  };
  return runtime.start(checked.plan, std::move(settings));
}

} // namespace sluice
