#include "actors/flow/edge_actor.hpp"

#include "actors/messaging/send.hpp"

#include <utility>

namespace sluice {

namespace {

const port_type& consumer_type(const flow_plan& plan, const planned_edge& edge) {
  return plan.nodes()[edge.to_node].ports.inputs[edge.to_port].type;
}

/// Types were settled at validation, unless the producer's port is `any` and the consumer's is not.
bool must_check(const flow_plan& plan, const planned_edge& edge) {
  const auto& outputs = plan.nodes()[edge.from_node].ports.outputs;
  const bool from_any = edge.from_port >= outputs.size() || outputs[edge.from_port].type.is_any();
  return from_any && !consumer_type(plan, edge).is_any();
}

} // namespace

edge_actor::edge_actor(caf::actor_config& config, std::shared_ptr<flow_board> board, std::size_t index,
                       caf::actor supervisor, std::shared_ptr<lossy_channel> channel)
    : flow_actor(config),
      board_(std::move(board)),
      index_(index),
      meter_(&board_->edge(index)),
      supervisor_(std::move(supervisor)),
      core_(board_->plan().edges()[index].settings, std::move(channel),
            consumer_type(board_->plan(), board_->plan().edges()[index]),
            must_check(board_->plan(), board_->plan().edges()[index]), *this) {}

caf::behavior edge_actor::make_behavior() {
  return {
      [this](batch_offered& offered) {
        // The order may come late: nothing of the host is called any more.
        if (board_->aborting())
          core_.abort();
        core_.offer(std::move(offered.batch), delivered());
        publish();
      },
      [this](messages_taken& taken) {
        core_.taken(taken.count, std::move(taken.spare));
        publish();
      },
      [this](control_offered& offered) {
        core_.count_control();
        ++control_in_transit_;
        publish();
        send_urgent(ends_.consumer, control_arrived{ends_.input, std::move(offered.control), true});
      },
      [this](const control_taken&) {
        --control_in_transit_;
        send_urgent(ends_.producer, control_credit{ends_.output});
      },
      [this](edge_ends& ends) { ends_ = std::move(ends); },
      [this](const edge_command& command) { obey(command.order); },
      [this](edge_changed& changed) { change(changed); },
      [this](const credit_returned& returned) {
        core_.return_credit(returned.count);
        publish();
      },
      [this](const probe_request& request) {
        const auto now = meter_->read();
        const cycle_probe seen{now.depth == 0 && control_in_transit_ == 0, now.offered + now.control};
        send_normal(this, supervisor_, probe_reply{request.cycle, request.round, seen});
      },
  };
}

void edge_actor::on_exit() {
  ends_ = {};
  supervisor_ = nullptr;
  board_ = nullptr;
}

void edge_actor::obey(edge_order order) {
  if (order == edge_order::start)
    core_.start();
  else if (order == edge_order::abort)
    core_.abort();
  else
    core_.close(delivered());
  publish();
  if (order == edge_order::close)
    send_normal(this, supervisor_, edge_closed{index_});
}

void edge_actor::change(edge_changed& changed) {
  std::size_t recalled = 0;
  if (changed.change.capacity)
    recalled = core_.set_capacity(*changed.change.capacity);
  if (changed.change.band)
    board_->set_band(index_, *changed.change.band);
  publish();
  if (recalled != 0)
    send_urgent(ends_.producer, credit_recalled{ends_.output, recalled});
  changed.notice.reset();
}

void edge_actor::publish() {
  core_.measure_blocked(clock().now().time_since_epoch());
  meter_->publish(core_.counters());
}

void edge_actor::deliver(batch_pointer batch) {
  // Published first: the consumer must never be seen to have had more than was accepted.
  meter_->publish(core_.counters());
  send_normal(this, ends_.consumer, batch_arrived{ends_.input, std::move(batch)});
}

void edge_actor::announce() {
  // Through the global queue, like credit: a node that feeds itself by a lossy edge never waits for credit,
  // and would hold a worker of a work-stealing scheduler for ever (docs/decisions/0002).
  send_outside(ends_.consumer, channel_ready{ends_.input});
}

void edge_actor::grant(std::size_t count, batch_pointer spare) {
  send_urgent(ends_.producer, credit_granted{ends_.output, count, std::move(spare)});
}

void edge_actor::refuse(message refused, std::string_view why) {
  // Urgent like the credit that follows it: a producer that has all its credit back has seen every refusal.
  send_urgent(ends_.producer, message_refused{std::move(refused), std::string(why)});
}

} // namespace sluice
