#pragma once

#include "actors/flow/node_core.hpp"
#include "model/edge/edge_core.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace sluice::bench {

/// Nodes in a row with lossless edges between them, without actors: what the actors would send is kept in one
/// queue and done in order. Everything of a flow but the mailboxes and the clock, on one thread, the same
/// every time.
class core_chain {
public:
  using maker = std::function<std::unique_ptr<node>()>;

  /// A source, any number of transforms, and a sink.
  explicit core_chain(const std::vector<maker>& makers);
  ~core_chain();

  /// Works until all nodes have ended.
  void run();

private:
  class node_link;
  class edge_link;
  struct node_part;
  struct edge_part;

  template <class Call>
  void later(Call call);
  void work(std::size_t node);

  std::deque<std::function<void()>> waiting_;
  std::vector<planned_edge> edges_;
  std::vector<std::unique_ptr<edge_part>> edge_parts_;
  std::vector<std::unique_ptr<node_part>> node_parts_;
};

} // namespace sluice::bench
