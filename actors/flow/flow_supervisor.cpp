#include "actors/flow/flow_supervisor.hpp"

#include "actors/flow/edge_actor.hpp"
#include "actors/flow/node_actor.hpp"
#include "actors/messaging/send.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

constexpr std::chrono::milliseconds probe_pause{2};

/// splitmix64 (Steele, Lea, Flood 2014): a distinct source id per node of a run.
std::uint64_t mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15U;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31);
}

/// Returns which of its consumer's inputs edge number `edge` is.
std::size_t input_number(const flow_plan& plan, std::size_t edge) {
  const auto& inputs = plan.nodes()[plan.edges()[edge].to_node].inputs;
  return static_cast<std::size_t>(std::find(inputs.begin(), inputs.end(), edge) - inputs.begin());
}

} // namespace

flow_supervisor::flow_supervisor(caf::actor_config& config, supervisor_parts parts)
    : flow_actor(config),
      parts_(std::move(parts)),
      lifecycle_(parts_.board->plan(), *this),
      probes_(lifecycle_.cycles().size()) {
  set_down_handler([this](caf::scheduled_actor*, caf::down_msg& down) { crashed(down); });
  // Should never happen; but whoever waits for the flow must hear of it.
  set_exception_handler([this](std::exception_ptr&) {
    parts_.board->set_aborting();
    end_actors();
    tell_ended({flow_status::failed, "internal: the supervisor of the flow failed", false, {}});
    return caf::make_error(caf::sec::runtime_error);
  });
}

caf::behavior flow_supervisor::make_behavior() {
  return {
      [this](node_event& event) { hear(event); },
      [this](const edge_closed& closed) { lifecycle_.on_edge_closed(closed.edge); },
      [this](const flow_command& command) { obey(command); },
      [this](const probe_reply& reply) { on_probe_reply(reply); },
      [this](const probe_later& later) { probe_cycle(later.cycle, false); },
      [this](const drain_deadline& deadline) {
        if (deadline.generation == drain_generation_)
          lifecycle_.on_drain_deadline();
      },
      [this](const abort_deadline& deadline) {
        if (deadline.generation == abort_generation_)
          lifecycle_.on_abort_deadline();
      },
      [this](change_request& request) { change_edge(request); },
  };
}

void flow_supervisor::on_exit() {
  parts_.handles->close();
  nodes_.clear();
  edges_.clear();
  // A deadline that is still to come keeps this object; what it stood on need not wait for that.
  parts_ = {};
}

void flow_supervisor::spawn_all() {
  const auto& plan = parts_.board->plan();
  const auto self = caf::actor_cast<caf::actor>(this);
  std::vector<std::shared_ptr<lossy_channel>> channels;
  for (std::size_t i = 0; i < plan.edges().size(); ++i) {
    const auto& settings = plan.edges()[i].settings;
    channels.push_back(settings.lossless() ? nullptr : std::make_shared<lossy_channel>(settings));
    edges_.push_back(home_system().spawn<edge_actor>(parts_.board, i, self, channels.back()));
    monitor(edges_.back());
  }
  for (std::size_t i = 0; i < plan.nodes().size(); ++i) {
    const auto& planned = plan.nodes()[i];
    node_parts node{parts_.board, i, mix(parts_.seed + i), self, {}, {}, {}, parts_.log, parts_.handles};
    for (const auto edge : planned.inputs) {
      node.input_edges.push_back(edges_[edge]);
      node.input_channels.push_back(channels[edge]);
    }
    for (const auto edge : planned.outputs)
      node.output_edges.push_back(edges_[edge]);
    nodes_.push_back(planned.execution == execution_kind::blocking
                         ? home_system().spawn<node_actor, caf::detached>(std::move(node))
                         : home_system().spawn<node_actor>(std::move(node)));
    monitor(nodes_.back());
  }
  for (std::size_t node = 0; node < plan.nodes().size(); ++node) {
    const auto& outputs = plan.nodes()[node].outputs;
    for (std::size_t output = 0; output < outputs.size(); ++output) {
      const auto target = plan.edges()[outputs[output]].to_node;
      const auto input = input_number(plan, outputs[output]);
      send_urgent(edges_[outputs[output]], edge_ends{nodes_[node], output, nodes_[target], input});
    }
  }
  parts_.handles->open(nodes_);
}

void flow_supervisor::obey(const flow_command& command) {
  switch (command.order) {
  case flow_order::start:
    spawn_all();
    lifecycle_.start();
    break;
  case flow_order::stop:
    if (command.drain_ns >= 0)
      parts_.drain_timeout = std::chrono::nanoseconds{command.drain_ns};
    lifecycle_.stop(command.drain_ns >= 0);
    break;
  case flow_order::abort:
    lifecycle_.abort(command.reason);
    break;
  case flow_order::pause:
    lifecycle_.pause();
    break;
  case flow_order::resume:
    lifecycle_.resume();
    break;
  }
}

void flow_supervisor::hear(node_event& event) {
  switch (event.kind) {
  case node_event_kind::started:
    lifecycle_.on_started(event.node, event.text);
    break;
  case node_event_kind::ended:
    lifecycle_.on_ended(event.node);
    break;
  case node_event_kind::failed:
    lifecycle_.on_failed(event.node, std::move(event.text));
    break;
  case node_event_kind::paused:
    lifecycle_.on_paused(event.node);
    break;
  case node_event_kind::waiting:
    lifecycle_.on_waiting(event.node);
    break;
  case node_event_kind::closed:
    lifecycle_.on_outside_closed();
    break;
  case node_event_kind::aborted:
    lifecycle_.on_aborted(event.node);
    break;
  case node_event_kind::released:
    lifecycle_.on_released(event.node);
    break;
  }
}

void flow_supervisor::crashed(const caf::down_msg& down) {
  const auto found = std::find(nodes_.begin(), nodes_.end(), down.source);
  if (found == nodes_.end()) {
    const auto ended = std::find(edges_.begin(), edges_.end(), down.source);
    const auto edge = static_cast<std::size_t>(ended - edges_.begin());
    if (ended != edges_.end())
      lifecycle_.on_edge_crashed(edge,
                                 fmt::format("internal: the actor of edge '{}' ended unexpectedly: {}",
                                             parts_.board->plan().edges()[edge].id, to_string(down.reason)));
    return;
  }
  const auto node = static_cast<std::size_t>(found - nodes_.begin());
  lifecycle_.on_node_crashed(node,
                             fmt::format("internal: the actor of node '{}' ended unexpectedly: {}",
                                         parts_.board->plan().nodes()[node].id, to_string(down.reason)));
}

void flow_supervisor::command(std::size_t node, node_order order) {
  send_urgent(nodes_[node], node_command{order});
}

void flow_supervisor::change_edge(change_request& request) {
  if (request.edge >= edges_.size())
    return;
  const auto& plan = parts_.board->plan();
  send_urgent(nodes_[plan.edges()[request.edge].to_node],
              input_changed{input_number(plan, request.edge), request.change});
  send_urgent(edges_[request.edge], edge_changed{request.change, std::move(request.notice)});
}

void flow_supervisor::stop_node(std::size_t node) {
  parts_.board->set_stopping();
  command(node, node_order::stop);
}

void flow_supervisor::abort_node(std::size_t node) {
  parts_.board->set_aborting();
  command(node, node_order::abort);
}

void flow_supervisor::start_edges() {
  for (const auto& edge : edges_)
    send_urgent(edge, edge_command{edge_order::start});
}

void flow_supervisor::abort_edge(std::size_t edge) {
  send_urgent(edges_[edge], edge_command{edge_order::abort});
}

void flow_supervisor::close_edge(std::size_t edge) {
  send_normal(this, edges_[edge], edge_command{edge_order::close});
}

void flow_supervisor::probe_cycle(std::size_t cycle, bool later) {
  if (later) {
    delayed_send(this, probe_pause, probe_later{cycle});
    return;
  }
  const auto& members = lifecycle_.cycles()[cycle];
  auto& round = probes_[cycle];
  round = {round.number + 1, members.nodes.size() + members.edges.size(), {}};
  for (const auto node : members.nodes)
    send_normal(this, nodes_[node], probe_request{cycle, round.number});
  for (const auto edge : members.edges)
    send_normal(this, edges_[edge], probe_request{cycle, round.number});
}

void flow_supervisor::on_probe_reply(const probe_reply& reply) {
  auto& round = probes_[reply.cycle];
  if (reply.round != round.number || round.missing == 0)
    return;
  round.seen.quiet = round.seen.quiet && reply.seen.quiet;
  round.seen.traffic += reply.seen.traffic;
  if (--round.missing == 0)
    lifecycle_.on_probed(reply.cycle, round.seen);
}

void flow_supervisor::arm_drain_deadline() {
  delayed_send(this, parts_.drain_timeout, drain_deadline{++drain_generation_});
}

void flow_supervisor::arm_abort_deadline() {
  delayed_send(this, parts_.abort_timeout, abort_deadline{++abort_generation_});
}

void flow_supervisor::arm_close_deadline() {
  constexpr std::chrono::nanoseconds shortest = std::chrono::seconds{1};
  delayed_send(this, std::max(parts_.abort_timeout, shortest), abort_deadline{++abort_generation_});
}

void flow_supervisor::status_changed(flow_status status) {
  parts_.board->set_status(status);
}

void flow_supervisor::end_actors() {
  parts_.handles->close();
  for (const auto* actors : {&nodes_, &edges_})
    for (const auto& each : *actors) {
      demonitor(each);
      send_exit(each, caf::exit_reason::user_shutdown);
    }
}

void flow_supervisor::finished() {
  flow_ending ending{lifecycle_.outcome(), lifecycle_.reason(), lifecycle_.deadline_exceeded(), {}};
  for (const auto node : lifecycle_.stuck())
    ending.stuck.push_back(parts_.board->plan().nodes()[node].id);
  for (const auto edge : lifecycle_.stuck_edges())
    ending.stuck_edges.push_back(parts_.board->plan().edges()[edge].id);
  end_actors();
  quit(caf::exit_reason::user_shutdown);
  tell_ended(std::move(ending));
}

void flow_supervisor::tell_ended(flow_ending ending) {
  parts_.stands_still = {};
  if (const auto ended = std::exchange(parts_.ended, {}))
    ended(std::move(ending));
}

} // namespace sluice
