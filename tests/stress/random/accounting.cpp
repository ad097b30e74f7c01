#include "tests/stress/random/accounting.hpp"

#include "tests/stress/random/node_accounts.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace sluice::stress {

namespace {

struct named_counter {
  const char* name;
  std::uint64_t edge_counters::*member;
};

/// Counters that never go back. `delivered` may, by the message that a node was about to take when its edge
/// was aborted.
constexpr std::array growing = {
    named_counter{"offered", &edge_counters::offered},
    named_counter{"accepted", &edge_counters::accepted},
    named_counter{"dropped", &edge_counters::dropped},
    named_counter{"replaced", &edge_counters::replaced},
    named_counter{"evicted", &edge_counters::evicted},
    named_counter{"coalesced", &edge_counters::coalesced},
    named_counter{"discarded", &edge_counters::discarded},
    named_counter{"control", &edge_counters::control},
};

std::string describe(const edge_snapshot& edge) {
  const auto& c = edge.counters;
  return fmt::format(
      "{}: capacity {} offered {} accepted {} delivered {} dropped {} refused {}+{} replaced {} "
      "coalesced {} evicted {} discarded {} depth {} control {}",
      edge.id, c.capacity, c.offered, c.accepted, c.delivered, c.dropped, c.refused_type, c.refused_merge,
      c.replaced, c.coalesced, c.evicted, c.discarded, c.depth, c.control);
}

std::string describe(const node_snapshot& node) {
  const auto& c = node.counters;
  return fmt::format(
      "{}: in {} out {} errors {} held {} outbox {} discarded {} unrouted {} control {} restarts {} "
      "ticks {} stalls {}",
      node.id, c.in, c.out, c.errors, c.held, c.outbox, c.discarded, c.unrouted, c.control, c.restarts,
      c.ticks, c.stalls);
}

void check_outcome(const ended_flow& ended, complaints& out) {
  const auto& summary = ended.summary;
  for (const auto& node : summary.stuck)
    out.push_back("node '" + node + "' is called stuck, but no handler waits");
  if (summary.reason.rfind("internal", 0) == 0)
    out.push_back("the flow ended by an internal error: " + summary.reason);
  if (summary.outcome == flow_status::failed && ended.recipe.never_fails())
    out.push_back("the flow failed, and nothing in it can: " + summary.reason);
  if (summary.outcome == flow_status::aborted && !ended.treated.aborted)
    out.push_back("the flow was aborted by nobody: " + summary.reason);
  if (summary.deadline_exceeded && !ended.treated.stopped)
    out.push_back("the drain deadline passed, and nobody stopped the flow");
}

/// An edge without feedback that comes to its natural end has delivered all that it took in.
void check_edge(const ended_flow& ended, std::size_t index, complaints& out) {
  const auto& edge = ended.summary.final.edges[index];
  if (!edge.counters.balanced())
    out.push_back("unbalanced at the end: " + describe(edge));
  if (!ended.complete())
    return;
  const auto& planned = ended.plan.edges()[index];
  if (!planned.settings.feedback && edge.counters.discarded != 0)
    out.push_back("discarded without need: " + describe(edge));
  if (planned.settings.lossless() &&
      edge.counters.delivered + edge.counters.refused() != edge.counters.offered)
    out.push_back("a lossless edge has lost something: " + describe(edge));
}

/// The books of the consumer end with the number that those of the producer end with.
void check_gapless(const ended_flow& ended, complaints& out) {
  for (std::size_t i = 0; i < ended.recipe.edges.size(); ++i) {
    const auto& edge = ended.recipe.edges[i];
    const auto& watch = (*ended.books.watches[edge.to_node])[ended.books.watch_of_edge[i]];
    if (!watch.gapless || !ended.complete())
      continue;
    const auto sent = ended.books.nodes[edge.from_node]->sequence[edge.from_port];
    const auto last = watch.last.empty() ? 0 : watch.last.begin()->second;
    if (sent != last)
      out.push_back(fmt::format("{} emitted {} numbers on port {}, but the last that came to {} is {}",
                                ended.recipe.nodes[edge.from_node].id, sent, edge.from_port,
                                ended.recipe.nodes[edge.to_node].id, last));
  }
}

/// Nodes start and stop in topological order.
void check_order(const ended_flow& ended, complaints& out) {
  for (const auto& edge : ended.plan.edges()) {
    if (edge.settings.feedback)
      continue;
    const auto& from = *ended.books.nodes[edge.from_node];
    const auto& to = *ended.books.nodes[edge.to_node];
    if (to.first_start != 0 && (from.first_start == 0 || from.first_start > to.first_start))
      out.push_back("started before its producer: " + edge.id);
    if (to.last_stop != 0 && (from.last_stop == 0 || from.last_stop > to.last_stop))
      out.push_back("stopped before its producer: " + edge.id);
  }
}

} // namespace

void check_running(const flow_snapshot& before, const flow_snapshot& now, complaints& out) {
  for (std::size_t i = 0; i < now.edges.size(); ++i) {
    const auto& edge = now.edges[i];
    if (!edge.counters.balanced())
      out.push_back("unbalanced in a snapshot: " + describe(edge));
    if (before.edges.empty())
      continue;
    for (const auto& counter : growing)
      if (edge.counters.*counter.member < before.edges[i].counters.*counter.member)
        out.push_back(fmt::format("{} went back: {} after {}", counter.name, describe(edge),
                                  describe(before.edges[i])));
  }
  for (std::size_t i = 0; i < before.nodes.size(); ++i)
    if (now.nodes[i].counters.in < before.nodes[i].counters.in ||
        now.nodes[i].counters.out < before.nodes[i].counters.out)
      out.push_back("a counter of a node went back: " + describe(now.nodes[i]));
}

void check_ended(const ended_flow& ended, complaints& out) {
  check_outcome(ended, out);
  if (!ended.summary.stuck.empty())
    return;
  for (std::size_t edge = 0; edge < ended.plan.edges().size(); ++edge)
    check_edge(ended, edge, out);
  for (std::size_t node = 0; node < ended.plan.nodes().size(); ++node)
    check_node(ended, node, out);
  check_gapless(ended, out);
  check_order(ended, out);
}

std::string to_string(const flow_snapshot& all) {
  std::string text = fmt::format("flow '{}' is {}\n", all.name, to_string(all.status));
  for (const auto& edge : all.edges)
    text += "  " + describe(edge) + "\n";
  for (const auto& node : all.nodes)
    text += "  " + describe(node) + "\n";
  return text;
}

} // namespace sluice::stress
