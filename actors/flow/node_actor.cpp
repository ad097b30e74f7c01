#include "actors/flow/node_actor.hpp"

#include "actors/flow/worker_mark.hpp"
#include "actors/messaging/send.hpp"

#include <utility>

namespace sluice {

namespace {

std::vector<node_inputs::source> sources_of(const node_parts& parts) {
  const auto& plan = parts.board->plan();
  std::vector<node_inputs::source> sources;
  const auto& inputs = plan.nodes()[parts.index].inputs;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    sources.push_back({&plan.edges()[inputs[i]], &parts.board->edge(inputs[i]), parts.input_channels[i]});
  return sources;
}

} // namespace

node_actor::node_actor(caf::actor_config& config, node_parts parts)
    : flow_actor(config),
      parts_(std::move(parts)),
      cooperative_(parts_.board->plan().nodes()[parts_.index].execution == execution_kind::cooperative) {
  const auto& plan = parts_.board->plan();
  core_.emplace(plan.nodes()[parts_.index], plan.edges(), sources_of(parts_), parts_.source_id,
                parts_.board->node(parts_.index), static_cast<node_links&>(*this));
}

caf::behavior node_actor::make_behavior() {
  return {
      [this](batch_arrived& arrived) {
        core_->receive(arrived.input, std::move(arrived.batch));
        work_on_arrival();
      },
      [this](const work_on&) {
        work_pending_ = false;
        work();
      },
      [this](credit_granted& granted) {
        core_->add_credit(granted.output, granted.count, std::move(granted.spare));
        work_soon();
      },
      [this](const channel_ready& ready) {
        core_->announce(ready.input);
        work_on_arrival();
      },
      [this](control_arrived& arrived) {
        core_->receive_control(arrived.input, std::move(arrived.control), arrived.from_edge);
        work_soon();
      },
      [this](const control_credit& credit) {
        core_->add_control_credit(credit.output);
        work_soon();
      },
      [this](const timer_fired& timer) {
        core_->on_timer(static_cast<node_timer>(timer.which), timer.generation);
        work_soon();
      },
      [this](const woken&) {
        core_->wake();
        work_soon();
      },
      [this](message_refused& refused) {
        core_->on_refused(std::move(refused.refused), refused.why);
        work_soon();
      },
      [this](const node_command& command) { obey(command.order); },
      [this](const probe_request& request) {
        const cycle_probe seen{core_->quiet(), core_->traffic()};
        send_normal(this, parts_.supervisor, probe_reply{request.cycle, request.round, seen});
      },
      [this](const input_changed& changed) { core_->change_input(changed.input, changed.change); },
      [this](const credit_recalled& recalled) {
        send_urgent(parts_.output_edges[recalled.output],
                    credit_returned{core_->give_back_credit(recalled.output, recalled.count)});
      },
  };
}

caf::resumable::resume_result node_actor::resume(caf::execution_unit* host, std::size_t throughput) {
  const worker_mark mark(cooperative_);
  return flow_actor::resume(host, throughput);
}

void node_actor::on_exit() {
  core_.reset();
  // Breaks the circle of references between nodes, edges and the supervisor. A tick that is still to come
  // keeps this object; the graph need not wait for that.
  parts_ = {};
}

void node_actor::obey(node_order order) {
  switch (order) {
  case node_order::start:
    tell(node_event_kind::started, core_->start());
    return;
  case node_order::run:
    core_->go();
    break;
  case node_order::stop:
    core_->stop();
    break;
  case node_order::pause:
    core_->set_flow_paused(true);
    tell(node_event_kind::paused);
    return;
  case node_order::resume:
    core_->set_flow_paused(false);
    break;
  case node_order::end_feedback:
    core_->end_feedback();
    break;
  case node_order::abort:
    core_->abort();
    tell(node_event_kind::aborted);
    return;
  case node_order::release:
    core_->release();
    tell(node_event_kind::released);
    return;
  }
  work_soon();
}

void node_actor::work_soon() {
  if (!work_pending_)
    work();
}

void node_actor::work_on_arrival() {
  if (parts_.input_edges.size() == 1)
    work_soon();
  else if (!work_pending_)
    work_later();
}

void node_actor::work_later() {
  work_pending_ = true;
  send_normal(this, caf::actor_cast<caf::actor>(this), work_on{});
}

void node_actor::work() {
  if (core_->work())
    work_later();
}

void node_actor::tell(node_event_kind kind, std::string text) {
  send_urgent(parts_.supervisor, node_event{parts_.index, kind, std::move(text)});
}

void node_actor::send_batch(std::size_t output, batch_pointer batch) {
  send_normal(this, parts_.output_edges[output], batch_offered{std::move(batch)});
}

void node_actor::send_taken(std::size_t input, std::size_t count, batch_pointer spare) {
  send_urgent(parts_.input_edges[input], messages_taken{count, std::move(spare)});
}

void node_actor::send_control(std::size_t output, message control) {
  send_urgent(parts_.output_edges[output], control_offered{std::move(control)});
}

void node_actor::return_control_credit(std::size_t input) {
  send_urgent(parts_.input_edges[input], control_taken{});
}

void node_actor::schedule(node_timer which, std::chrono::nanoseconds after, std::uint64_t generation) {
  delayed_send<caf::message_priority::high>(this, after,
                                            timer_fired{static_cast<std::uint8_t>(which), generation});
}

node_waker node_actor::waker() {
  if (!parts_.handles)
    return {};
  return [handles = parts_.handles, index = parts_.index] { handles->wake(index); };
}

void node_actor::log(log_level level, std::string_view event, std::string_view text) {
  if (parts_.log)
    parts_.log(level, event, text);
}

std::chrono::nanoseconds node_actor::now() const {
  return const_cast<node_actor*>(this)->clock().now().time_since_epoch();
}

std::chrono::nanoseconds node_actor::wall_time() const {
  return std::chrono::system_clock::now().time_since_epoch();
}

} // namespace sluice
