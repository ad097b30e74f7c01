#pragma once

#include "actors/flow/node_core.hpp"
#include "metrics/edge_meter.hpp"
#include "metrics/node_meter.hpp"
#include "tests/support/edge_values.hpp"
#include "tests/support/recording_node_links.hpp"
#include "tests/support/scripted_node.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace sluice::testing {

/// The shape of a node under test: one edge per entry of `inputs` (into port 0 unless told otherwise) and of
/// `outputs`.
struct node_shape {
  struct input {
    edge_settings settings = {};
    std::size_t port = 0;
  };
  std::vector<input> inputs = {input{}};
  /// The port that each output edge leaves; port `output_ports` is `error`.
  std::vector<std::size_t> outputs = {0};
  std::vector<bool> feedback_outputs = {};
  std::size_t input_ports = 1;
  std::size_t output_ports = 1;
  error_settings on_error = {};
  bool any_input = false;

  static node_shape source() {
    node_shape shape;
    shape.inputs.clear();
    shape.input_ports = 0;
    return shape;
  }
  static node_shape sink() {
    node_shape shape;
    shape.outputs.clear();
    shape.output_ports = 0;
    return shape;
  }
};

/// A `node_core` around a scripted node, its links recorded, its clock and its timers in the test's hands.
class node_bench {
public:
  explicit node_bench(const node_shape& shape = {}) {
    plan_inputs(shape);
    plan_outputs(shape);
    plan.id = "tested";
    plan.on_error = shape.on_error;
    plan.make = [script = script] { return std::make_unique<scripted_node>(script); };
  }

  /// Makes the node, lets it run and gives every output `credit`.
  node_bench& start(std::size_t credit = 1000) {
    open();
    BOOST_REQUIRE_EQUAL(core->start(), "");
    core->go();
    give_credit(credit);
    return *this;
  }
  /// Builds the core only.
  node_core& open() {
    std::vector<node_inputs::source> sources;
    for (std::size_t i = 0; i < plan.inputs.size(); ++i)
      sources.push_back({&edges[plan.inputs[i]], &edge_meters[i], channels[i]});
    core.emplace(plan, edges, sources, 77, meter, links);
    return *core;
  }

  void give_credit(std::size_t credit) {
    for (std::size_t output = 0; output < plan.outputs.size() && credit != 0; ++output)
      core->add_credit(output, credit, nullptr);
    run();
  }
  void give_credit_to(std::size_t output, std::size_t credit) {
    core->add_credit(output, credit, nullptr);
    run();
  }
  /// A lossless edge brings these, or a lossy edge's channel has them.
  void feed(std::size_t input, const std::vector<std::uint64_t>& numbers) { feed(input, batch_of(numbers)); }
  void feed(std::size_t input, batch_pointer batch) {
    push(input, std::move(batch));
    run();
  }
  /// As `feed`, but the node does not work yet.
  void push(std::size_t input, batch_pointer batch) {
    if (!channels[input]) {
      core->receive(input, std::move(batch));
      return;
    }
    std::vector<lossy_channel::refusal> refused;
    if (channels[input]->offer(*batch, edge_meters[input].read_delivered(), port_type::any(), false, refused))
      core->announce(input);
  }
  void end(std::size_t input) { feed(input, end_batch()); }
  void control(std::uint64_t number, std::size_t input = 0) {
    message sent(number, message_kind::control);
    sent.set_timestamp(links.wall_time());
    core->receive_control(input, std::move(sent), true);
    run();
  }
  /// Works as the node actor does: slice after slice while there is more.
  void run() {
    std::size_t slices = 0;
    while (core->work())
      BOOST_REQUIRE_MESSAGE(++slices < 1'000'000, "the node never comes to rest");
  }
  /// Moves the clock on and fires the timers that fall due, in order.
  void advance(std::chrono::nanoseconds by) {
    const auto until = links.clock + by;
    while (true) {
      auto next = links.timers.end();
      for (auto each = links.timers.begin(); each != links.timers.end(); ++each)
        if (each->due <= until && (next == links.timers.end() || each->due < next->due))
          next = each;
      if (next == links.timers.end())
        break;
      const auto fired = *next;
      links.timers.erase(next);
      links.clock = std::max(links.clock, fired.due);
      core->on_timer(fired.which, fired.generation);
      run();
    }
    links.clock = until;
  }

  std::vector<std::uint64_t> sent(std::size_t output = 0) { return numbers_of(links.sent[output]); }
  node_counters counters() const { return meter.read(); }
  std::uint64_t delivered(std::size_t input = 0) const { return edge_meters[input].read_delivered(); }
  std::size_t calls(const std::string& name) const {
    return static_cast<std::size_t>(std::count(script->calls.begin(), script->calls.end(), name));
  }
  std::size_t told(const std::string& what) const {
    return static_cast<std::size_t>(std::count(links.story.begin(), links.story.end(), what));
  }
  /// What the node does with every message: emit it on output 0.
  void pass_on() {
    script->on_message = [](node_context& context, std::size_t, message& in) {
      context.emit(0, std::move(in));
    };
  }
  /// The node writes its calls into the story of its links, so that both have one order.
  void tell_story_of_messages() {
    script->on_message = [this](node_context&, std::size_t, message& in) {
      links.story.push_back("handle " + std::to_string(in.get<std::uint64_t>()));
    };
  }

  planned_node plan;
  std::vector<planned_edge> edges;
  std::deque<edge_meter> edge_meters;
  std::vector<std::shared_ptr<lossy_channel>> channels;
  std::shared_ptr<node_script> script = std::make_shared<node_script>();
  node_meter meter;
  recording_node_links links;
  std::optional<node_core> core;

private:
  void plan_inputs(const node_shape& shape) {
    for (std::size_t port = 0; port < shape.input_ports; ++port)
      plan.ports.inputs.push_back(
          {"in" + std::to_string(port), shape.any_input ? port_type::any() : port_type::of<std::uint64_t>()});
    edges.reserve(shape.inputs.size() + shape.outputs.size());
    for (const auto& each : shape.inputs) {
      planned_edge edge;
      edge.to_port = each.port;
      edge.settings = each.settings;
      plan.inputs.push_back(edges.size());
      edges.push_back(std::move(edge));
      edge_meters.emplace_back();
    }
    for (const auto input : plan.inputs)
      channels.push_back(edges[input].settings.lossless()
                             ? nullptr
                             : std::make_shared<lossy_channel>(edges[input].settings));
  }
  void plan_outputs(const node_shape& shape) {
    for (std::size_t port = 0; port < shape.output_ports; ++port)
      plan.ports.outputs.push_back({"out" + std::to_string(port), port_type::of<std::uint64_t>()});
    for (std::size_t i = 0; i < shape.outputs.size(); ++i) {
      planned_edge edge;
      edge.from_port = shape.outputs[i];
      edge.settings.feedback = i < shape.feedback_outputs.size() && shape.feedback_outputs[i];
      plan.outputs.push_back(edges.size());
      edges.push_back(std::move(edge));
    }
  }
};

/// A handler that fails at the numbers that `bad` names and passes the others on.
inline auto fails_at(const std::vector<std::uint64_t>& bad) {
  return [bad](node_context& context, std::size_t, message& in) {
    const auto number = in.get<std::uint64_t>();
    if (std::find(bad.begin(), bad.end(), number) != bad.end())
      throw std::runtime_error("number " + std::to_string(number));
    context.emit(0, std::move(in));
  };
}

} // namespace sluice::testing
