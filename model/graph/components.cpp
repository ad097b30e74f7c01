#include "model/graph/components.hpp"

#include <algorithm>

namespace sluice {

namespace {

constexpr std::size_t unseen = static_cast<std::size_t>(-1);

/// Tarjan's bookkeeping, with the recursion's frames on a stack of our own.
class component_search {
public:
  component_search(const std::vector<planned_node>& nodes, const std::vector<planned_edge>& edges)
      : nodes_(nodes),
        edges_(edges),
        index_(nodes.size(), unseen),
        low_(nodes.size()),
        on_stack_(nodes.size()) {
    result_.of_node.resize(nodes.size());
  }

  component_map run() {
    for (std::size_t node = 0; node < nodes_.size(); ++node)
      if (index_[node] == unseen)
        search(node);
    return std::move(result_);
  }

private:
  struct frame {
    std::size_t node;
    std::size_t next_edge;
  };

  void enter(std::size_t node) {
    index_[node] = low_[node] = counter_++;
    stack_.push_back(node);
    on_stack_[node] = true;
    frames_.push_back({node, 0});
  }

  void search(std::size_t root) {
    enter(root);
    while (!frames_.empty()) {
      auto& top = frames_.back();
      const auto node = top.node;
      if (top.next_edge < nodes_[node].outputs.size()) {
        const auto target = edges_[nodes_[node].outputs[top.next_edge++]].to_node;
        if (index_[target] == unseen)
          enter(target);
        else if (on_stack_[target])
          low_[node] = std::min(low_[node], index_[target]);
        continue;
      }
      frames_.pop_back();
      if (!frames_.empty())
        low_[frames_.back().node] = std::min(low_[frames_.back().node], low_[node]);
      if (low_[node] == index_[node])
        close_component(node);
    }
  }

  void close_component(std::size_t root) {
    std::size_t member = unseen;
    do {
      member = stack_.back();
      stack_.pop_back();
      on_stack_[member] = false;
      result_.of_node[member] = result_.count;
    } while (member != root);
    ++result_.count;
  }

  const std::vector<planned_node>& nodes_;
  const std::vector<planned_edge>& edges_;
  std::vector<std::size_t> index_;
  std::vector<std::size_t> low_;
  std::vector<bool> on_stack_;
  std::vector<std::size_t> stack_;
  std::vector<frame> frames_;
  std::size_t counter_ = 0;
  component_map result_;
};

} // namespace

component_map find_components(const std::vector<planned_node>& nodes,
                              const std::vector<planned_edge>& edges) {
  return component_search(nodes, edges).run();
}

} // namespace sluice
