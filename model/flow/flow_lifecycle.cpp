#include "model/flow/flow_lifecycle.hpp"

#include "model/graph/cycles.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace sluice {

namespace {

/// Returns the cycles: strongly connected components with an edge inside. Edges that lead into one belong to
/// it, too: what is still on its way there will go round.
std::vector<flow_lifecycle::cycle> cycles_of(const flow_plan& plan) {
  std::vector<detail::adjacency::link> links;
  for (const auto& edge : plan.edges())
    links.push_back({edge.from_node, edge.to_node, edge.settings.feedback});
  const auto component = detail::find_components(plan.nodes().size(), links);
  std::map<std::size_t, flow_lifecycle::cycle> found;
  for (const auto& link : links)
    if (component[link.from] == component[link.to])
      found.try_emplace(component[link.to]);
  for (std::size_t edge = 0; edge < links.size(); ++edge)
    if (const auto cycle = found.find(component[links[edge].to]); cycle != found.end())
      cycle->second.edges.push_back(edge);
  for (std::size_t node = 0; node < component.size(); ++node)
    if (const auto cycle = found.find(component[node]); cycle != found.end())
      cycle->second.nodes.push_back(node);
  std::vector<flow_lifecycle::cycle> all;
  for (auto& [number, cycle] : found)
    all.push_back(std::move(cycle));
  return all;
}

} // namespace

flow_lifecycle::flow_lifecycle(const flow_plan& plan, lifecycle_orders& orders)
    : plan_(&plan),
      orders_(&orders),
      phases_(plan.nodes().size(), node_phase::created),
      waiting_(plan.nodes().size()),
      pauses_unanswered_(plan.nodes().size()),
      aborted_(plan.nodes().size()),
      crashed_(plan.nodes().size()),
      closed_edges_(plan.edges().size()),
      cycles_(cycles_of(plan)),
      cycle_states_(cycles_.size()) {}

void flow_lifecycle::set_status(flow_status status) {
  if (status_ == status)
    return;
  status_ = status;
  orders_->status_changed(status);
}

void flow_lifecycle::start() {
  orders_->start_edges();
  start_next();
}

void flow_lifecycle::start_next() {
  if (next_start_ < plan_->order().size()) {
    const auto node = plan_->order()[next_start_++];
    phases_[node] = node_phase::starting;
    orders_->start_node(node);
    return;
  }
  for (const auto node : plan_->order()) {
    phases_[node] = node_phase::running;
    orders_->let_run(node);
  }
  set_status(flow_status::running);
  if (stop_wanted_)
    stop();
  else if (pause_wanted_)
    pause_nodes();
}

void flow_lifecycle::on_started(std::size_t node, const std::string& failure) {
  if (phases_[node] == node_phase::starting)
    phases_[node] = node_phase::started;
  if (aborting_)
    return;
  if (!failure.empty())
    begin_abort(flow_status::failed, failure);
  else
    start_next();
}

void flow_lifecycle::on_ended(std::size_t node) {
  if (phases_[node] == node_phase::ended)
    return;
  phases_[node] = node_phase::ended;
  ++ended_;
  if (aborting_)
    return;
  if (ended_ == phases_.size())
    close_edges();
  else
    look_at_cycles();
}

void flow_lifecycle::on_failed(std::size_t, std::string reason) {
  begin_abort(flow_status::failed, std::move(reason));
}

void flow_lifecycle::on_node_crashed(std::size_t node, std::string reason) {
  begin_abort(flow_status::failed, std::move(reason));
  crashed_[node] = true;
  if (releasing_ && !closing_ && plan_->order()[next_release_] == node)
    release_next();
  else
    on_aborted(node);
}

void flow_lifecycle::on_edge_crashed(std::size_t edge, std::string reason) {
  begin_abort(flow_status::failed, reason);
  if (outcome_ == flow_status::finished && !finished_) {
    outcome_ = flow_status::failed;
    reason_ = std::move(reason);
  }
  count_closed(edge);
}

void flow_lifecycle::on_outside_closed() {
  if (reason_.empty())
    reason_ = "the output was closed";
  stop();
}

void flow_lifecycle::stop(bool new_deadline) {
  stop_wanted_ = true;
  if (aborting_ || closing_ || finished_)
    return;
  if (!drain_armed_ || new_deadline)
    orders_->arm_drain_deadline();
  drain_armed_ = true;
  if (status_ == flow_status::paused)
    resume();
  if (status_ != flow_status::running)
    return;
  set_status(flow_status::draining);
  for (const auto node : plan_->order())
    if (phases_[node] != node_phase::ended)
      orders_->stop_node(node);
}

void flow_lifecycle::pause() {
  ++pauses_;
  pause_wanted_ = true;
  pause_nodes();
  look_if_still();
}

void flow_lifecycle::pause_nodes() {
  if (status_ != flow_status::running || aborting_)
    return;
  set_status(flow_status::paused);
  for (const auto node : plan_->order()) {
    ++pauses_unanswered_[node];
    orders_->pause_node(node, true);
  }
}

void flow_lifecycle::on_paused(std::size_t node) {
  if (pauses_unanswered_[node] == 0)
    return;
  --pauses_unanswered_[node];
  look_if_still();
}

void flow_lifecycle::look_if_still() {
  const auto answered = [](unsigned open) { return open == 0; };
  if (status_ == flow_status::paused && !aborting_ &&
      std::all_of(pauses_unanswered_.begin(), pauses_unanswered_.end(), answered))
    orders_->stands_still(pauses_);
}

void flow_lifecycle::resume() {
  pause_wanted_ = false;
  if (status_ != flow_status::paused || aborting_)
    return;
  set_status(flow_status::running);
  for (const auto node : plan_->order())
    orders_->pause_node(node, false);
}

void flow_lifecycle::abort(std::string reason) {
  begin_abort(flow_status::aborted, std::move(reason));
}

void flow_lifecycle::on_drain_deadline() {
  if (aborting_ || closing_ || finished_)
    return;
  deadline_exceeded_ = true;
  begin_abort(flow_status::finished, "the drain deadline has passed");
}

void flow_lifecycle::begin_abort(flow_status outcome, std::string reason) {
  if (aborting_ || closing_ || finished_)
    return;
  aborting_ = true;
  outcome_ = outcome;
  reason_ = std::move(reason);
  orders_->arm_abort_deadline();
  for (std::size_t edge = 0; edge < closed_edges_.size(); ++edge)
    orders_->abort_edge(edge);
  for (const auto node : plan_->order())
    orders_->abort_node(node);
}

void flow_lifecycle::on_aborted(std::size_t node) {
  if (!aborting_ || aborted_[node])
    return;
  aborted_[node] = true;
  if (++abort_answers_ == aborted_.size() && !releasing_) {
    releasing_ = true;
    release_next();
  }
}

void flow_lifecycle::release_next() {
  const auto answers = [this](std::size_t node) { return aborted_[node] && !crashed_[node]; };
  while (next_release_ < plan_->order().size() && !answers(plan_->order()[next_release_]))
    ++next_release_;
  if (next_release_ < plan_->order().size())
    orders_->release_node(plan_->order()[next_release_]);
  else
    close_edges();
}

void flow_lifecycle::on_released(std::size_t node) {
  if (!releasing_ || closing_ || next_release_ >= plan_->order().size() ||
      plan_->order()[next_release_] != node)
    return;
  ++next_release_;
  release_next();
}

void flow_lifecycle::on_abort_deadline() {
  if (closing_) {
    // An edge that does not answer (a function of it does not return) cannot hold the end.
    finish();
    return;
  }
  if (releasing_) {
    // A node is stuck in `on_stop`.
    aborted_[plan_->order()[next_release_]] = false;
    ++next_release_;
    orders_->arm_abort_deadline();
    release_next();
    return;
  }
  releasing_ = true;
  orders_->arm_abort_deadline();
  release_next();
}

void flow_lifecycle::close_edges() {
  if (closing_)
    return;
  closing_ = true;
  if (!closed_edges_.empty())
    orders_->arm_close_deadline();
  for (std::size_t edge = 0; edge < closed_edges_.size(); ++edge)
    if (!closed_edges_[edge])
      orders_->close_edge(edge);
  if (edges_closed_ == closed_edges_.size())
    finish();
}

void flow_lifecycle::on_edge_closed(std::size_t edge) {
  if (closing_)
    count_closed(edge);
}

void flow_lifecycle::count_closed(std::size_t edge) {
  if (closed_edges_[edge])
    return;
  closed_edges_[edge] = true;
  if (++edges_closed_ == closed_edges_.size() && closing_)
    finish();
}

void flow_lifecycle::finish() {
  if (finished_)
    return;
  finished_ = true;
  set_status(outcome_);
  orders_->finished();
}

std::vector<std::size_t> flow_lifecycle::stuck() const {
  std::vector<std::size_t> nodes;
  for (std::size_t node = 0; aborting_ && node < aborted_.size(); ++node)
    if (!aborted_[node])
      nodes.push_back(node);
  return nodes;
}

std::vector<std::size_t> flow_lifecycle::stuck_edges() const {
  std::vector<std::size_t> edges;
  for (std::size_t edge = 0; edge < closed_edges_.size(); ++edge)
    if (!closed_edges_[edge])
      edges.push_back(edge);
  return edges;
}

void flow_lifecycle::on_waiting(std::size_t node) {
  waiting_[node] = true;
  look_at_cycles();
}

bool flow_lifecycle::ready_to_probe(std::size_t which) const {
  const auto& nodes = cycles_[which].nodes;
  const auto inside = [&](std::size_t node) { return std::binary_search(nodes.begin(), nodes.end(), node); };
  for (const auto node : nodes) {
    bool has_feedback = false;
    bool fed_inside = false;
    for (const auto edge : plan_->nodes()[node].inputs) {
      const auto& input = plan_->edges()[edge];
      has_feedback = has_feedback || input.settings.feedback;
      fed_inside = fed_inside || (!input.settings.feedback && inside(input.from_node));
      if (!inside(input.from_node) && phases_[input.from_node] != node_phase::ended)
        return false;
    }
    // A node fed by its own cycle's forward edges can only wait once the cycle is over.
    if (has_feedback && !fed_inside && !waiting_[node])
      return false;
  }
  return true;
}

void flow_lifecycle::look_at_cycles() {
  for (std::size_t which = 0; which < cycles_.size(); ++which) {
    auto& state = cycle_states_[which];
    if (aborting_ || state.probing || state.over || !ready_to_probe(which))
      continue;
    state.probing = true;
    orders_->probe_cycle(which, false);
  }
}

void flow_lifecycle::on_probed(std::size_t which, const cycle_probe& seen) {
  auto& state = cycle_states_[which];
  if (aborting_ || closing_ || state.over)
    return;
  if (seen.quiet && state.seen_quiet && seen.traffic == state.traffic) {
    state.over = true;
    for (const auto node : cycles_[which].nodes)
      orders_->end_feedback(node);
    return;
  }
  state.seen_quiet = seen.quiet;
  state.traffic = seen.traffic;
  orders_->probe_cycle(which, !seen.quiet);
}

} // namespace sluice
