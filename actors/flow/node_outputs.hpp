#pragma once

#include "actors/flow/node_links.hpp"
#include "model/graph/flow_plan.hpp"
#include "model/node/node_context.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace sluice {

/// The producer's side of a node's output edges: credit, batches, the outbox and the control lanes. Thread:
/// the node's.
class node_outputs {
public:
  node_outputs(const planned_node& plan, const std::vector<planned_edge>& edges, node_links& links);

  void add_credit(std::size_t output, std::size_t count, batch_pointer spare);
  /// Takes at most `count` of the credit of `output` away; returns how much.
  std::size_t give_back_credit(std::size_t output, std::size_t count);

  /// True when every output edge can take one more message than the handlers have emitted since the last
  /// flush.
  bool has_room(const node_context& context) const {
    for (const auto port : limited_ports_)
      if (context.emitted(port) >= rooms_[port])
        return false;
    return true;
  }
  /// Returns how many messages a source may emit on every port.
  std::size_t room() const noexcept;

  /// Sends what the handlers have emitted, as far as credit goes; the rest waits in the outbox. Returns how
  /// many were emitted; those of a port without edges are added to `unrouted`.
  std::uint64_t flush(node_context& context, std::uint64_t& unrouted);
  std::size_t outbox() const noexcept { return outbox_; }
  /// True when every lossy edge has answered for all it was sent, so that no refused message can come back
  /// any more, and every control message has been handled: the end must not overtake it.
  bool settled() const noexcept;
  /// Drops the outbox and returns how many messages were in it.
  std::size_t discard();
  /// Sends the marker on every edge; the outbox must be empty.
  void send_marker(const message& marker);

  /// Sends `control` by every edge of `port`; for `all_ports` by those of all ports but `error` and feedback
  /// edges, because what is forwarded round a cycle would never come to an end. What finds no place waits.
  void send_control(std::size_t port, const message& control);
  static constexpr std::size_t all_ports = static_cast<std::size_t>(-1);
  void add_control_credit(std::size_t output);
  /// Control messages that found no place since the beginning, and how many of them have left since.
  std::uint64_t control_queued() const noexcept { return control_queued_; }
  std::uint64_t control_sent_late() const noexcept { return control_queued_ - control_waiting_; }
  /// True while control messages wait for places: then the node handles no data, which might lead to more.
  bool control_waits() const noexcept { return control_waiting_ != 0; }

  bool has_edges(std::size_t port) const { return !edges_of_port_[port].empty(); }
  /// Output ports, `error` included, and one more where `pass_port` needs it.
  std::size_t ports() const noexcept { return edges_of_port_.size(); }
  /// Where an error leaves that passes by a node that cannot read it: the first output (that of a sink is
  /// `error`), without its feedback edges, because it would go round for ever.
  std::size_t pass_port() const noexcept { return pass_port_; }

private:
  struct edge_end {
    std::size_t port;
    bool lossy;
    bool feedback;
    std::size_t credit = 0;
    /// Emitted, and no credit yet; the first `outbox_sent` have left.
    std::vector<message> outbox = {};
    std::size_t outbox_sent = 0;
    std::size_t control_places = defaults::control_places;
    std::deque<message> control_outbox = {};
  };

  void route(std::size_t port, std::vector<message>& emitted);
  void send(std::size_t output, batch_pointer batch);
  void drain_outbox(std::size_t output);
  void update_room(std::size_t port);
  void add_pass_port();
  batch_pointer take_spare();

  static constexpr std::size_t unlimited = static_cast<std::size_t>(-1);

  node_links* links_;
  std::vector<edge_end> ends_;
  std::vector<std::vector<std::size_t>> edges_of_port_;
  /// Per port: messages that all its edges can still take; 0 while any outbox is not empty.
  std::vector<std::size_t> rooms_;
  /// Those with edges; the others take everything.
  std::vector<std::size_t> limited_ports_;
  std::vector<batch_pointer> spares_;
  std::size_t outbox_ = 0;
  std::size_t control_waiting_ = 0;
  std::uint64_t control_queued_ = 0;
  std::size_t error_port_;
  std::size_t pass_port_ = 0;
};

} // namespace sluice
