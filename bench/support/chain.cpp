#include "bench/support/chain.hpp"

#include "model/base/error.hpp"
#include "model/node/node_catalog.hpp"

#include <fmt/format.h>

#include <chrono>

namespace sluice::bench {

void tally::check(std::uint64_t expected, std::uint64_t times) const {
  const auto expected_sum = expected * (expected - 1) / 2 * times;
  if (count != expected * times || sum != expected_sum)
    throw error("lost_messages", fmt::format("{} messages with sum {} came; expected {} with sum {}", count,
                                             sum, expected * times, expected_sum));
}

void connect(graph& made, const std::string& from, const std::string& to, const edge_settings& settings) {
  edge_declaration edge;
  edge.from.node = from;
  edge.to.node = to;
  edge.settings = settings;
  made.edges.push_back(std::move(edge));
}

std::shared_ptr<const flow_plan> planned(const graph& made) {
  auto checked = validate(made, node_catalog{});
  if (!checked.plan)
    throw error("invalid_graph", checked.found.empty() ? "no finding" : to_string(checked.found.front()));
  return checked.plan;
}

double seconds_to_run(flow_runtime& runtime, const graph& made) {
  const auto plan = planned(made);
  const auto begin = std::chrono::steady_clock::now();
  const auto summary = runtime.start(plan).wait();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  if (summary.outcome != flow_status::finished)
    throw error("flow_failed", summary.reason);
  for (const auto& edge : summary.final.edges)
    if (!edge.counters.balanced())
      throw error("unbalanced", fmt::format("edge {} does not balance", edge.id));
  return took.count();
}

} // namespace sluice::bench
