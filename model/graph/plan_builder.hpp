#pragma once

#include "model/graph/collect_errors.hpp"
#include "model/graph/flow_plan.hpp"
#include "model/graph/resolve_edges.hpp"

#include <memory>
#include <vector>

namespace sluice {

/// One validation, step by step: every step reports what it finds and goes on with what it understood.
class plan_builder {
public:
  /// Both must outlive this object.
  plan_builder(const graph& source, const node_catalog& catalog);

  /// Call once.
  validation build();

private:
  void plan_nodes();
  void plan_edges();
  void add_collectors();
  void check_edge_settings();
  std::shared_ptr<const flow_plan> make_plan();

  const graph& source_;
  const node_catalog& catalog_;
  detail::validation_report report_;
  detail::flat_graph flat_;
  detail::endpoints ends_;
  std::vector<detail::edge_reference> references_;
  std::vector<detail::error_collector> collectors_;
  std::vector<detail::node_draft> nodes_;
  std::vector<detail::edge_draft> edges_;
  std::vector<planned_port> inputs_;
  std::vector<planned_port> outputs_;
};

} // namespace sluice
