#include "runtime/cli/flows_text.hpp"

#include "runtime/cli/flow_report.hpp"
#include "runtime/cli/text_table.hpp"

#include <fmt/format.h>

#include <optional>

namespace sluice {

namespace {

constexpr auto right = text_table::side::right;

std::string second_of(const std::optional<utc_time>& moment) {
  if (!moment)
    return {};
  auto text = to_string(*moment);
  return text.replace(text.find('.'), std::string::npos, "Z");
}

/// Returns a number that is only worth looking at when it is not 0.
std::string if_any(std::uint64_t number) {
  return number == 0 ? std::string() : grouped(number);
}

std::string field(const char* name, const std::string& value) {
  return value.empty() ? std::string() : fmt::format("{:<14}{}\n", name, one_line(value));
}

std::string nodes_table(const std::vector<flow_node_view>& nodes) {
  text_table table(
      {{"NODE"}, {"TYPE"}, {"STATUS"}, {"IN", right}, {"OUT", right}, {"ERRORS", right}, {"BUSY", right}});
  for (const auto& node : nodes)
    table.add({node.path, node.type, node.status, grouped(node.in), grouped(node.out), if_any(node.errors),
               fmt::format("{:.3f} s", node.busy_seconds)});
  return table.to_string();
}

} // namespace

std::string flows_table(const std::vector<flow_entry>& flows) {
  text_table table({{"FLOW"}, {"NAME"}, {"STATUS"}, {"BY"}, {"STARTED"}, {"ENDED"}});
  for (const auto& flow : flows)
    table.add({to_string(flow.id), flow.name, flow.status, flow.by, second_of(flow.started_at),
               second_of(flow.ended_at)});
  return table.to_string();
}

std::string flow_edges_table(const std::vector<flow_edge_view>& edges) {
  text_table table({{"EDGE"},
                    {"POLICY"},
                    {"BAND"},
                    {"DEPTH", right},
                    {"CAPACITY", right},
                    {"IN", right},
                    {"OUT", right},
                    {"LOST", right},
                    {"FOLDED", right},
                    {"BLOCKED", right}});
  for (const auto& edge : edges)
    table.add({edge.id, edge.policy, edge.band, grouped(edge.depth), grouped(edge.capacity), grouped(edge.in),
               grouped(edge.out), if_any(edge.lost()), if_any(edge.coalesced),
               fmt::format("{:.3f} s", edge.blocked_seconds)});
  return table.to_string();
}

std::string flow_text(const flow_view& view) {
  const auto& flow = view.flow;
  return field("flow", to_string(flow.id)) + field("name", flow.name) + field("status", flow.status) +
         field("reason", view.reason) + field("by", flow.by) + field("started", second_of(flow.started_at)) +
         field("ended", second_of(flow.ended_at)) + "\n" + nodes_table(view.nodes) + "\n" +
         flow_edges_table(view.edges);
}

} // namespace sluice
