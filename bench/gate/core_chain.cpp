#include "bench/gate/core_chain.hpp"

#include <string>
#include <utility>

namespace sluice::bench {

template <class Call>
void core_chain::later(Call call) {
  // std::function copies; what is called moves batches.
  waiting_.emplace_back([kept = std::make_shared<Call>(std::move(call))] { (*kept)(); });
}

/// What an edge says to its ends becomes a call later.
class core_chain::edge_link final : public edge_links {
public:
  edge_link(core_chain& chain, std::size_t edge) : chain_(&chain), edge_(edge) {}

  void deliver(batch_pointer batch) override;
  void announce() override {}
  void grant(std::size_t count, batch_pointer spare) override;
  void refuse(message, std::string_view) override {}

private:
  core_chain* chain_;
  std::size_t edge_;
};

/// What a node says to its edges, likewise. Edge number n leaves node number n.
class core_chain::node_link final : public node_links {
public:
  node_link(core_chain& chain, std::size_t node) : chain_(&chain), node_(node) {}

  void send_batch(std::size_t, batch_pointer batch) override;
  void send_taken(std::size_t, std::size_t count, batch_pointer spare) override;
  void send_control(std::size_t, message) override {}
  void return_control_credit(std::size_t) override {}
  void return_control_place() override {}
  bool close_control_places() override { return true; }
  void schedule(node_timer, std::chrono::nanoseconds, std::uint64_t) override {}
  void report_ended() override {}
  void report_failed(std::string) override {}
  void report_waiting() override {}
  void report_closed() override {}
  void log(log_level, std::string_view, std::string_view) override {}
  bool stopping() const noexcept override { return false; }
  bool aborting() const noexcept override { return false; }
  // A clock that stands still: slices then end by their count alone, the same every time.
  std::chrono::nanoseconds now() const override { return std::chrono::seconds{1}; }
  std::chrono::nanoseconds wall_time() const override { return std::chrono::seconds{1}; }

private:
  core_chain* chain_;
  std::size_t node_;
};

struct core_chain::edge_part {
  edge_part(core_chain& chain, std::size_t number, const edge_settings& settings)
      : link(chain, number), core(settings, nullptr, port_type::any(), false, link) {}

  void publish() { meter.publish(core.counters()); }

  edge_link link;
  edge_meter meter;
  edge_core core;
};

struct core_chain::node_part {
  node_part(core_chain& chain, std::size_t number, planned_node planned)
      : link(chain, number), plan(std::move(planned)) {
    std::vector<node_inputs::source> inputs;
    if (number != 0)
      inputs.push_back({&chain.edges_[number - 1], &chain.edge_parts_[number - 1]->meter, nullptr});
    core = std::make_unique<node_core>(plan, chain.edges_, inputs, number + 1, meter, link);
  }

  node_link link;
  planned_node plan;
  node_meter meter;
  std::unique_ptr<node_core> core;
};

void core_chain::edge_link::deliver(batch_pointer batch) {
  chain_->edge_parts_[edge_]->publish();
  chain_->later([chain = chain_, consumer = edge_ + 1, batch = std::move(batch)]() mutable {
    chain->node_parts_[consumer]->core->receive(0, std::move(batch));
    chain->work(consumer);
  });
}

void core_chain::edge_link::grant(std::size_t count, batch_pointer spare) {
  chain_->later([chain = chain_, producer = edge_, count, spare = std::move(spare)]() mutable {
    chain->node_parts_[producer]->core->add_credit(0, count, std::move(spare));
    chain->work(producer);
  });
}

void core_chain::node_link::send_batch(std::size_t, batch_pointer batch) {
  chain_->later([edge = chain_->edge_parts_[node_].get(), batch = std::move(batch)]() mutable {
    edge->core.offer(std::move(batch), edge->meter.read_delivered());
    edge->publish();
  });
}

void core_chain::node_link::send_taken(std::size_t, std::size_t count, batch_pointer spare) {
  chain_->later([edge = chain_->edge_parts_[node_ - 1].get(), count, spare = std::move(spare)]() mutable {
    edge->core.taken(count, std::move(spare));
    edge->publish();
  });
}

core_chain::core_chain(const std::vector<maker>& makers) : edges_(makers.size() - 1) {
  for (std::size_t i = 0; i < edges_.size(); ++i)
    edge_parts_.push_back(std::make_unique<edge_part>(*this, i, edges_[i].settings));
  for (std::size_t i = 0; i < makers.size(); ++i) {
    planned_node plan;
    plan.id = std::to_string(i);
    plan.make = makers[i];
    if (i != 0) {
      plan.ports.inputs = {{"in", port_type::any()}};
      plan.inputs = {i - 1};
    }
    if (i + 1 != makers.size()) {
      plan.ports.outputs = {{"out", port_type::any()}};
      plan.outputs = {i};
    }
    node_parts_.push_back(std::make_unique<node_part>(*this, i, std::move(plan)));
  }
}

core_chain::~core_chain() = default;

void core_chain::work(std::size_t node) {
  while (node_parts_[node]->core->work())
    continue;
}

void core_chain::run() {
  for (const auto& each : node_parts_) {
    (void)each->core->start();
    each->core->go();
  }
  for (const auto& each : edge_parts_)
    each->core.start();
  while (!waiting_.empty()) {
    const auto call = std::move(waiting_.front());
    waiting_.pop_front();
    call();
  }
}

} // namespace sluice::bench
