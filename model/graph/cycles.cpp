#include "model/graph/cycles.hpp"

#include "model/graph/validation_report.hpp"

#include <algorithm>
#include <functional>
#include <queue>

namespace sluice::detail {

namespace {

/// A node of a depth-first search and the next of its edges to look at.
struct visit {
  std::size_t node;
  std::size_t next;
};

cycle make_cycle(const std::vector<visit>& path, std::size_t start, std::size_t closing_edge) {
  cycle result;
  result.closing_edge = closing_edge;
  result.length = path.size() - start;
  const auto named = std::min(result.length, named_cycle_nodes);
  for (std::size_t i = 0; i + 1 < named; ++i)
    result.nodes.push_back(path[start + i].node);
  result.nodes.push_back(path.back().node);
  return result;
}

class component_search {
public:
  component_search(std::size_t nodes, const std::vector<adjacency::link>& links)
      : links_(links),
        leaving_(nodes, links),
        number_(nodes, npos),
        low_(nodes, npos),
        component_(nodes, npos) {}

  std::vector<std::size_t> run() {
    for (std::size_t node = 0; node < number_.size(); ++node)
      if (number_[node] == npos)
        search(node);
    return std::move(component_);
  }

private:
  void search(std::size_t root) {
    enter(root);
    while (!path_.empty()) {
      auto& top = path_.back();
      if (top.next == leaving_.first(top.node + 1)) {
        leave();
        continue;
      }
      const auto from = top.node;
      const auto to = links_[leaving_.edge(top.next++)].to;
      if (number_[to] == npos)
        enter(to);
      else if (component_[to] == npos)
        low_[from] = std::min(low_[from], number_[to]);
    }
  }

  void enter(std::size_t node) {
    number_[node] = low_[node] = count_++;
    open_.push_back(node);
    path_.push_back({node, leaving_.first(node)});
  }

  void leave() {
    const auto node = path_.back().node;
    path_.pop_back();
    if (!path_.empty())
      low_[path_.back().node] = std::min(low_[path_.back().node], low_[node]);
    if (low_[node] != number_[node])
      return;
    for (auto member = npos; member != node;) {
      member = open_.back();
      open_.pop_back();
      component_[member] = components_;
    }
    ++components_;
  }

  const std::vector<adjacency::link>& links_;
  adjacency leaving_;
  std::vector<std::size_t> number_;
  std::vector<std::size_t> low_;
  std::vector<std::size_t> component_;
  std::vector<std::size_t> open_;
  std::vector<visit> path_;
  std::size_t count_ = 0;
  std::size_t components_ = 0;
};

} // namespace

std::vector<cycle> find_cycles(std::size_t nodes, const std::vector<adjacency::link>& links) {
  const adjacency leaving(nodes, links);
  std::vector<cycle> found;
  std::vector<visit> path;
  std::vector<std::size_t> depth(nodes, npos); // of nodes on the path
  std::vector<bool> seen(nodes);
  const auto enter = [&](std::size_t node) {
    seen[node] = true;
    depth[node] = path.size();
    path.push_back({node, leaving.first(node)});
  };
  for (std::size_t root = 0; root < nodes; ++root) {
    if (!seen[root])
      enter(root);
    while (!path.empty()) {
      auto& top = path.back();
      if (top.next == leaving.first(top.node + 1)) {
        depth[top.node] = npos;
        path.pop_back();
        continue;
      }
      const auto edge = leaving.edge(top.next++);
      const auto to = links[edge].to;
      if (links[edge].feedback)
        continue;
      if (depth[to] != npos)
        found.push_back(make_cycle(path, depth[to], edge));
      else if (!seen[to])
        enter(to);
    }
  }
  return found;
}

std::vector<std::size_t> find_components(std::size_t nodes, const std::vector<adjacency::link>& links) {
  return component_search(nodes, links).run();
}

std::vector<std::size_t> topological_order(std::size_t nodes, const std::vector<adjacency::link>& links) {
  const adjacency leaving(nodes, links);
  std::vector<std::size_t> waiting_for(nodes);
  for (const auto& one : links)
    if (!one.feedback)
      ++waiting_for[one.to];
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (std::size_t node = 0; node < nodes; ++node)
    if (waiting_for[node] == 0)
      ready.push(node);
  std::vector<std::size_t> order;
  while (!ready.empty()) {
    const auto node = ready.top();
    ready.pop();
    order.push_back(node);
    for (auto i = leaving.first(node); i < leaving.first(node + 1); ++i) {
      const auto& one = links[leaving.edge(i)];
      if (!one.feedback && --waiting_for[one.to] == 0)
        ready.push(one.to);
    }
  }
  return order;
}

} // namespace sluice::detail
